import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { signedIn } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { RefusalOracle } from '../../testing/evil-provider/index.ts'
import { openRefusalOracle } from '../../testing/evil-provider/index.ts'
import type { Person } from '../../testing/person.ts'
import type { IdentityWorld } from '../identity.fixture.ts'
import { COOKIE, openIdentity, signInAt, signInAtEvil, startAt } from '../identity.fixture.ts'

const vault = feature('vault', {
  routes: [
    route('GET /fresh', {
      access: signedIn(),
      stepUp: { maxAgeSeconds: 300 },
      handle: () => undefined,
    }),
    route('GET /strong', {
      access: signedIn(),
      stepUp: { acr: ['gold', 'platinum'] },
      handle: () => undefined,
    }),
    route('GET /both', {
      access: signedIn(),
      stepUp: { maxAgeSeconds: 60, acr: ['gold'], prompt: 'login' },
      handle: () => undefined,
    }),
  ],
})

let world: IdentityWorld
let oracle: RefusalOracle
before(async () => {
  world = await openIdentity({ features: [vault] })
  const { clock, db, http, person } = world
  const scene = { clock, logged: http.logged, visitor: () => person() }
  oracle = await openRefusalOracle({ ...scene, adminUrl: db.adminUrl })
})
beforeEach(() => world.evil.reset())
after(async () => {
  await oracle[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

/** A provider that says neither when nor how somebody signed in. */
const UNSAID = { auth_time: undefined, acr: undefined }

const now = () => Math.floor(world.clock.now() / 1_000)
const asked = async (person: Person, query: string) =>
  new URL(await startAt(person, query)).searchParams
const lastFault = async () =>
  (
    await world.sql<{ reason: string | null }>(
      `select reason from plinth.audit_events where action = 'auth.sign_in'
        order by occurred_at desc, id desc limit 1`,
    )
  )[0]?.reason
const me = async (person: Person) =>
  ((await person.get('/auth/web/me')).body['user'] as { id: string } | null)?.id

/** Goes where a refused call says, and comes back with these claims. */
async function stepUp(person: Person, path: string, claims: Record<string, unknown>) {
  return person.get(await wayBack(person, path, claims))
}

/** The callback of a step-up that a refused call asked for. */
async function wayBack(person: Person, path: string, claims: Record<string, unknown>) {
  const refused = await person.get<{ details: readonly { message: string }[] }>(path)
  assert.equal(refused.status, 401)
  const url = `${refused.body.details[0]?.message}&return_to=${path}`
  world.evil.say.claims = { ...UNSAID, ...claims }
  return world.evil.callback(await startAt(person, url.replace('/auth/web/login', '')))
}

async function eve(claims: Record<string, unknown> = {}): Promise<Person> {
  world.evil.say.claims = { ...UNSAID, ...claims }
  const person = world.person()
  await signInAtEvil(world, person)
  return person
}

test('RP-13 v5.0.0-V7.6.1 the age, the strength and the prompt that a route demands are sent to the provider', async () => {
  const query = await asked(
    world.person(),
    '?provider=evil&max_age=60&acr_values=gold&prompt=login',
  )
  assert.deepEqual(
    ['max_age', 'acr_values', 'prompt'].map((name) => query.get(name)),
    ['0', 'gold', 'login'],
  )
  const aged = await asked(world.person(), '?provider=evil&max_age=300')
  assert.deepEqual([aged.get('max_age'), aged.get('prompt')], ['300', null])
})

const IGNORED: readonly (readonly [string, string])[] = [
  ['max_age', 'max_age=-1'],
  ['max_age', 'max_age=1e9'],
  ['max_age', 'max_age=9999999'],
  ['max_age', 'max_age='],
  ['max_age', 'max_age=5&max_age=6'],
  ['max_age', 'max_age[]=5'],
  ['max_age', 'max_age=%D9%A3'],
  ['prompt', 'prompt=none'],
  ['prompt', 'prompt=login+none'],
  ['prompt', 'prompt=consent'],
  ['prompt', 'prompt=LOGIN'],
  ['prompt', 'prompt=login&prompt=login'],
  ['prompt', 'prompt=__proto__'],
  ['acr_values', 'acr_values=0'],
  ['acr_values', 'acr_values=bronze'],
  ['acr_values', 'acr_values=GOLD'],
  ['acr_values', 'acr_values=constructor'],
  ['acr_values', 'acr_values=gold&acr_values=gold'],
  ['acr_values', `acr_values=${'x+'.repeat(2_000)}`],
]
for (const [name, text] of IGNORED) {
  test(`RP-06 v5.0.0-V7.6.2 ${text.slice(0, 40)} in a sign-in link is ignored`, async () => {
    const query = await asked(world.person(), `?provider=evil&${text}`)
    assert.equal(query.get(name), null)
  })
}

test('RP-06 of several strengths those go that a route of the service demands', async () => {
  const query = await asked(world.person(), '?provider=evil&acr_values=x+gold+gold+platinum')
  assert.equal(query.get('acr_values'), 'gold platinum')
})

test('RP-13 RP-63 v5.0.0-V7.2.4 a step-up leads back to a fresh sign-in with a new id', async () => {
  const person = await eve({ auth_time: now() - 400 })
  const [id, cookie] = [await me(person), person.cookies.get(COOKIE)]
  const answer = await stepUp(person, '/fresh', { auth_time: now() })
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/fresh'])
  assert.notEqual(person.cookies.get(COOKIE), cookie)
  assert.equal(await me(person), id)
  assert.equal((await person.get('/fresh')).status, 204)
  person.cookies.set(COOKIE, cookie ?? '')
  assert.equal(await me(person), undefined, 'the old id is dead')
})

test('a step-up goes on in the tenant where the person was', async () => {
  const person = await eve({ auth_time: now() - 400 })
  await world.sql(
    'update plinth.sessions set tenant_id = null where revoked_at is null and person_id = $1',
    [await me(person)],
  )
  await stepUp(person, '/fresh', { auth_time: now() })
  assert.equal((await person.get('/auth/web/me')).body['tenant'], null)
})

test('v5.0.0-V6.8.4 a sign-in of which the provider does not say when it was is not a recent one', async () => {
  const person = await eve()
  assert.equal((await person.get('/fresh')).status, 401)
  await stepUp(person, '/fresh', { auth_time: now() })
  assert.equal((await person.get('/fresh')).status, 204)
})

const ANSWERS: readonly (readonly [string, string, () => Record<string, unknown>, string])[] = [
  ['RP-63 auth_time missing', '/fresh', () => ({}), 'sign_in_too_old'],
  ['RP-63 auth_time too old', '/fresh', () => ({ auth_time: now() - 340 }), 'sign_in_too_old'],
  ['RP-63 auth_time as a text', '/fresh', () => ({ auth_time: `${now()}` }), 'id_token_invalid'],
  [
    'RP-63 auth_time in the future',
    '/fresh',
    () => ({ auth_time: now() + 99 }),
    'id_token_invalid',
  ],
  ['RP-63 auth_time zero', '/fresh', () => ({ auth_time: 0 }), 'sign_in_too_old'],
  ['RP-64 acr missing', '/strong', () => ({}), 'sign_in_too_weak'],
  ['RP-64 acr below', '/strong', () => ({ acr: 'silver' }), 'sign_in_too_weak'],
  ['RP-64 acr as a list', '/strong', () => ({ acr: ['gold'] }), 'sign_in_too_weak'],
  ['RP-64 acr of other case', '/strong', () => ({ acr: 'Gold' }), 'sign_in_too_weak'],
  ['RP-64 two acr in one text', '/strong', () => ({ acr: 'gold platinum' }), 'sign_in_too_weak'],
  [
    'RP-63 strong but before this sign-in',
    '/both',
    () => ({ acr: 'gold', auth_time: now() - 31 }),
    'sign_in_too_old',
  ],
  ['RP-64 fresh but weak', '/both', () => ({ acr: '1', auth_time: now() }), 'sign_in_too_weak'],
]
for (const [title, path, claims, reason] of ANSWERS) {
  test(`${title} v5.0.0-V6.8.4 → refused, signed in as before, the route still asks`, async () => {
    const person = await eve()
    const cookie = person.cookies.get(COOKIE)
    const back = await wayBack(person, path, claims())
    const tooLittle = reason !== 'id_token_invalid'
    const { answer } = await oracle.refused(world.evil, {
      ...{ browser: person, act: (browser) => browser.get(back), reason },
      ...(tooLittle && { status: 403 }),
      also: async () => {
        assert.equal(person.cookies.get(COOKIE), cookie)
        assert.equal((await person.get(path)).status, 401)
      },
    })
    if (tooLittle) assert.equal(answer.body['code'], 'auth.step_up_failed')
  })
}

test('a step-up that fell short says where to try again: with the same demand, and the same way back', async () => {
  const person = await eve()
  const url = await world.evil.start(person, 'max_age=60&acr_values=gold&return_to=/strong')
  const back = world.evil.callback(url)
  const { body } = await person.get(back)
  const again = '/auth/web/login?provider=evil&max_age=60&acr_values=gold&return_to=%2Fstrong'
  assert.deepEqual(body['details'], [{ path: 'session', message: again, code: 'sign_in_again' }])
})

test('RP-64 a strength that the route takes opens it, whichever of them', async () => {
  for (const acr of ['gold', 'platinum']) {
    const person = await eve({ acr: 'silver' })
    await stepUp(person, '/strong', { acr })
    assert.equal((await person.get('/strong')).status, 204)
  }
})

test('a strength survives the rotation of the session', async () => {
  const person = await eve({ acr: 'gold' })
  assert.equal((await person.post('/auth/web/refresh')).status, 200)
  assert.equal((await person.get('/strong')).status, 204)
})

test('RP-33 a step-up by somebody else changes nothing: no session, nobody new, signed in as before', async () => {
  await eve({ sub: 'known-other' })
  for (const sub of ['known-other', 'never-seen']) {
    const person = await eve()
    const before = [await me(person), person.cookies.get(COOKIE)]
    const answer = await stepUp(person, '/fresh', { sub, auth_time: now() })
    assert.deepEqual([answer.status, answer.body['code']], [403, 'auth.other_person'])
    assert.deepEqual([await me(person), person.cookies.get(COOKIE)], before)
    assert.equal(await lastFault(), 'other_person')
  }
  const rows = await world.sql("select 1 from plinth.identities where subject = 'never-seen'")
  assert.equal(rows.length, 0)
})

test('a step-up goes to the provider that the person signed in through, unless one is named', async () => {
  const person = await eve()
  assert.ok((await startAt(person, '?max_age=60')).startsWith(world.evil.issuer))
  assert.ok(
    (await startAt(person, '?max_age=60&provider=keycloak')).startsWith(world.provider.issuer),
  )
  assert.ok((await startAt(person)).startsWith(world.provider.issuer), 'an ordinary one does not')
})

test('a step-up after the session ended is a sign-in like any other, and still checked', async () => {
  const person = await eve()
  await person.post('/auth/web/logout')
  const url = await startAt(person, '?provider=evil&max_age=60')
  world.evil.say.claims = { sub: 'later', auth_time: now() - 200 }
  assert.equal((await person.get(world.evil.callback(url))).status, 403)
  const again = await startAt(person, '?provider=evil&max_age=60')
  world.evil.say.claims = { sub: 'later', auth_time: now() }
  assert.equal((await person.get(world.evil.callback(again))).headers.get('location'), '/')
})

test('an id that was rotated away cannot begin a step-up in the name of its person (D9)', async () => {
  const person = await eve({ sub: 'rotating' })
  const old = person.cookies.get(COOKIE) ?? ''
  await person.post('/auth/web/refresh')
  person.cookies.set(COOKIE, old)
  await startAt(person, '?provider=evil&max_age=60')
  const [row] = await world.sql(
    'select purpose from plinth.pending_logins order by created_at desc, id desc limit 1',
  )
  assert.deepEqual(row, { purpose: 'sign_in' })
})

test('RP-13 the development provider answers a demanded age, and the route opens', async () => {
  // A world of its own: the clock of that provider cannot be moved.
  await using untouched = await openIdentity({ features: [vault] })
  const person = untouched.person()
  const answer = await signInAt(person, 'testuser1', '?max_age=300&return_to=/fresh')
  assert.equal(answer.headers.get('location'), '/fresh')
  assert.equal((await person.get('/fresh')).status, 204)
})

test('v5.0.0-V6.8.4 where a provider never says when, a sign-in counts from when it came back', async () => {
  await using silent = await openIdentity({ features: [vault], evil: { states_auth_time: false } })
  const person = silent.person()
  silent.evil.say.claims = UNSAID
  await signInAtEvil(silent, person)
  assert.equal((await person.get('/fresh')).status, 204)
  assert.equal((await person.get('/strong')).status, 401, 'how strong it was stays unsaid')
  silent.clock.advance(301_000)
  assert.equal((await person.get('/fresh')).status, 401)
  const issued = { iat: Math.floor(silent.clock.now() / 1_000) }
  silent.evil.say.claims = { ...UNSAID, ...issued, exp: issued.iat + 300 }
  await person.get(silent.evil.callback(await startAt(person, '?max_age=300')))
  assert.equal((await person.get('/fresh')).status, 204)
  silent.evil.say.claims = { ...issued, exp: issued.iat + 300, auth_time: 5, acr: undefined }
  const said = await person.get(silent.evil.callback(await startAt(person, '?max_age=300')))
  assert.deepEqual([said.status, said.body['code']], [403, 'auth.step_up_failed'])
})
