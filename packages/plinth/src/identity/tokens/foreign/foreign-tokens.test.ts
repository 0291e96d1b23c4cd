import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { inPerson, permissions, signedIn } from '../../../access/index.ts'
import { feature, route } from '../../../feature/index.ts'
import { newToken } from '../../../kernel/index.ts'
import type { Answer, EvilProvider, Person, World } from '../../../testing/index.ts'
import { createTestClock, startEvilProvider, startWorld } from '../../../testing/index.ts'
import { sendRaw } from '../../../testing/raw-http.ts'
import { until } from '../../../testing/until.ts'
import { issueOneTime } from '../../one-time/one-time-tokens.ts'

const may = permissions('board', { read: 'See the board', write: 'Write on it' })
let whileSlow = async (): Promise<void> => {}
const board = feature('board', {
  permissions: [may],
  routes: [
    route('GET /who', {
      access: signedIn(),
      returns: z.object({ person: z.string(), name: z.string(), kind: z.string() }),
      handle: ({ principal: { person, name, credential } }) => ({
        person,
        name,
        kind: credential.kind,
      }),
    }),
    route('GET /slow', { access: signedIn(), handle: () => whileSlow() }),
    route('GET /board', { access: may.read, handle: () => undefined }),
    route('POST /board', { access: may.write, handle: () => undefined }),
    route('GET /mine', { access: inPerson(), tenant: 'none', handle: () => undefined }),
    route('GET /fresh', {
      access: signedIn(),
      stepUp: { maxAgeSeconds: 60 },
      handle: () => undefined,
    }),
  ],
})

const clock = createTestClock()
let evil: EvilProvider
let rooms: EvilProvider
let world: World
let nobody: Person
before(async () => {
  ;[evil, rooms] = await Promise.all([
    startEvilProvider({ clock }),
    startEvilProvider({ name: 'rooms-idp', clock }),
  ])
  world = await startWorld({
    features: [board],
    providers: [evil],
    clock,
    settings: {
      'tenancy.mode': 'organisations',
      'tenancy.member_permissions': ['board:read'],
      'telemetry.metrics_token': METRICS,
      'jwt.role_scopes.editors': ['board:*'],
      'jwt.issuers.rooms.issuer': rooms.issuer,
      'jwt.issuers.rooms.audiences': ['rooms-api'],
      'jwt.issuers.rooms.authorized_parties': ['door'],
    },
    hooks: {
      mapClaims: (claims, { provider }) =>
        claims['nick'] === 'mapped' ? { name: `Mapped from ${provider}` } : {},
    },
  })
  nobody = world.visitor()
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await Promise.all([evil[Symbol.asyncDispose](), rooms[Symbol.asyncDispose]()])
})

const METRICS = newToken()
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const ask = (token: string, path = '/who'): Promise<Answer> => nobody.get(path, bearer(token))
const status = async (token: string, path?: string) => (await ask(token, path)).status
const platform = () => world.database.platform

/** Makes the person of a token a member of a tenant. */
async function join(token: string, slug: string, role = 'owner'): Promise<string> {
  const { person } = (await ask(token)).body as { person: string }
  await world.signIn('host', { tenant: slug })
  const { rows } = await platform().query<{ id: never }>(
    'select id from plinth.tenants where slug = $1',
    [slug],
  )
  const tenant = rows[0]?.id
  assert.ok(tenant)
  await platform().transaction((tx) =>
    tx.inTenant(tenant, (inside) =>
      inside.query(
        'insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, $3)',
        [tenant, person, role],
      ),
    ),
  )
  return person
}

test('a token of a provider stands for the person of its account, who is made once', async () => {
  const token = () => evil.mint.access({ sub: 'first-time', name: 'Fay', email: 'fay@one.test' })
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(token())))
  assert.deepEqual([...new Set(answers.map(({ status: code }) => code))], [200])
  assert.equal(new Set(answers.map(({ body }) => body['person'])).size, 1)
  assert.deepEqual([answers[0]?.body['name'], answers[0]?.body['kind']], ['Fay', 'bearer'])
  const { rows } = await platform().query<{ email: string | null }>(
    "select p.email from plinth.people p join plinth.identities i on i.person_id = p.id where i.subject = 'first-time'",
  )
  assert.deepEqual(rows, [{ email: null }], 'an address that nobody verified is none')
})

test('what a token says in passing changes nobody who is known, and mapClaims has its word on who is new', async () => {
  const first = await ask(evil.mint.access({ sub: 'known', name: 'Kim', nick: 'mapped' }))
  assert.equal(first.body['name'], 'Mapped from evil')
  const again = await ask(evil.mint.access({ sub: 'known', name: 'Somebody Else' }))
  assert.deepEqual(again.body, first.body)
})

test('8.1 jwt.claims says where the name and the address of who is new are', async () => {
  await using other = await startWorld({
    features: [board],
    providers: [evil],
    clock,
    settings: {
      'jwt.claims.email': 'contact.mail',
      'jwt.claims.name': 'shown',
      'jwt.claims.username': 'login',
    },
  })
  const nameOf = async (claims: Record<string, unknown>) =>
    (await other.visitor().get('/who', bearer(evil.mint.access(claims)))).body['name']
  const passing = { name: 'Usual', preferred_username: 'usual', email: 'usual@one.test' }
  const contact = { mail: 'kit@one.test' }
  const shown = { sub: 'by-name', shown: 'Kit', login: 'kit', contact, email_verified: true }
  assert.equal(await nameOf({ ...passing, ...shown }), 'Kit')
  assert.equal(await nameOf({ ...passing, sub: 'by-login', login: 'lou' }), 'lou')
  const { rows } = await other.database.platform.query<{ email: string | null }>(
    "select p.email from plinth.people p join plinth.identities i on i.person_id = p.id where i.subject = 'by-name'",
  )
  assert.deepEqual(rows, [{ email: 'kit@one.test' }])
})

test('tokens of an issuer that nobody signs in through count by its own rules', async () => {
  const right = { aud: 'rooms-api', client_id: 'door', azp: 'door' }
  assert.equal(await status(rooms.mint.access(right)), 200)
  assert.equal(await status(rooms.mint.access({ ...right, aud: 'api://default' })), 401)
  assert.equal(await status(rooms.mint.access({ ...right, azp: 'window' })), 401)
  assert.equal(await status(evil.mint.access({ aud: 'rooms-api' })), 401)
})

test('JW-27 v5.0.0-V9.1.3 an issuer vouches for its own tokens only', async () => {
  const right = { aud: 'rooms-api', client_id: 'door', azp: 'door' }
  const foreign = { ...right, iss: rooms.issuer }
  assert.equal(await status(evil.mint.access(foreign)), 401)
})

test('JW-23 JW-24 JW-25 no other kind of token is an access token', async () => {
  const others = {
    'an ID token': evil.mint.id(),
    'a logout token': evil.mint.logout(),
    'a logout token under no type': evil.mint.logout({}, { header: { typ: undefined } }),
    'an access token typed as a logout token': evil.mint.access(
      {},
      { header: { typ: 'logout+jwt' } },
    ),
    'a signed UserInfo': evil.mint.userinfo(),
    'a CSRF token': await (await world.signIn('csrf')).refreshCsrf(),
    'a session id': [...(await world.signIn('sess')).cookies.values()][0] ?? '',
    'a one-time token': await issueOneTime(platform(), clock, {
      purpose: 'password-reset',
      ttlSeconds: 60,
    }),
  }
  for (const [name, token] of Object.entries(others)) assert.equal(await status(token), 401, name)
  assert.equal(await status(evil.mint.access({}, { header: { typ: 'JWT' } })), 200)
  assert.equal(await status(evil.mint.access({}, { header: { typ: undefined } })), 200)
})

test('v5.0.0-V10.3.2 scopes of a token narrow what its person may do, and so do its roles; without either it may nothing', async () => {
  const sub = 'scoped'
  await join(evil.mint.access({ sub }), 'desk')
  const inDesk = async (claims: object, method: 'get' | 'post' = 'get') => {
    const headers = bearer(evil.mint.access({ sub, tenant_id: 'desk', ...claims }))
    const answer =
      method === 'get'
        ? await nobody.get('/board', headers)
        : await nobody.post('/board', {}, headers)
    return answer.status
  }
  assert.equal(await inDesk({}), 403)
  assert.equal(await inDesk({ scope: 'openid board:read' }), 204)
  assert.equal(await inDesk({ scope: 'openid board:read' }, 'post'), 403)
  assert.equal(await inDesk({ scope: 'BOARD:write board:write*' }, 'post'), 403)
  assert.equal(await inDesk({ roles: ['editors'] }, 'post'), 204)
  assert.equal(await inDesk({ groups: ['editors'] }, 'post'), 204)
  assert.equal(await inDesk({ roles: ['constructor'] }), 403)
  assert.equal(await inDesk({ scope: '*' }, 'post'), 204)
})

test('JW-62 TN-14 a token of one tenant is nothing in another, and its claim names the tenant', async () => {
  const claims = { sub: 'two-desks', scope: '*' }
  await join(evil.mint.access(claims), 'left')
  await join(evil.mint.access(claims), 'right')
  const left = evil.mint.access({ ...claims, tenant_id: 'left' })
  assert.equal(await status(left, '/board'), 204)
  const crossed = await nobody.get('/board', { ...bearer(left), 'x-tenant-id': 'right' })
  assert.equal(crossed.status, 400)
  const foreign = evil.mint.access({ sub: 'stranger', scope: '*', tenant_id: 'left' })
  assert.equal(await status(foreign, '/board'), 404)
})

test('AK-27 a token of another issuer is no person who sits there', async () => {
  const refused = await ask(evil.mint.access({ scope: '*' }), '/mine')
  assert.deepEqual([refused.status, refused.body['code']], [403, 'access.in_person'])
})

test('a demand for a recent proof is held against auth_time, and a token without it proves nothing', async () => {
  const now = Math.floor(clock.now() / 1_000)
  assert.equal(await status(evil.mint.access({ auth_time: now - 5 }), '/fresh'), 204)
  assert.equal(await status(evil.mint.access({ auth_time: now - 90 }), '/fresh'), 401)
  assert.equal(await status(evil.mint.access({ auth_time: undefined }), '/fresh'), 401)
})

test('JW-46 one spelling of the Authorization header is read, in any case, and no other is a 500', async () => {
  const token = evil.mint.access()
  for (const good of [`bearer ${token}`, `BEARER ${token}`, `Bearer  ${token}`]) {
    assert.equal((await nobody.get('/who', { authorization: good })).status, 200, good.slice(0, 8))
  }
  const odd = [
    'Bearer',
    'Bearer ',
    `Bearer ${token}, Bearer ${token}`,
    `Bearer ${token} x`,
    `Bearer %${token}`,
  ]
  const others = [
    `Basic ${token}`,
    token,
    `Bearer\t${token}`,
    `Bearer "${token}"`,
    `Bearer ${token}==`,
  ]
  for (const authorization of [...odd, ...others]) {
    const answer = await nobody.get('/who', { authorization })
    assert.equal(answer.status, 401, authorization.replace(token, 'T'))
  }
})

test('JW-46 two Authorization headers are refused before either is read', async () => {
  const token = evil.mint.access()
  const port = Number(new URL(world.url).port)
  const line = (value: string) => `Authorization: ${value}\r\n`
  const askTwice = (first: string, second: string) =>
    sendRaw(
      port,
      `GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${line(first)}${line(second)}\r\n`,
    )
  const good = `Bearer ${token}`
  for (const [first, second] of [
    [good, good],
    [good, 'Bearer x'],
    ['Bearer x', good],
    ['', good],
  ] as const) {
    assert.equal(
      (await askTwice(first, second)).status,
      400,
      `${first.slice(0, 8)}, ${second.slice(0, 8)}`,
    )
  }
})

test('JW-46 another scheme is not called an invalid token: the answer says what the header must be', async () => {
  for (const authorization of ['Basic YTpi', 'Token x', 'Bearer', 'Bearer a b', '']) {
    const { status, headers, body } = await nobody.get('/who', { authorization })
    assert.deepEqual([status, body['code']], [401, 'access.not_signed_in'], authorization)
    assert.match(String(body['detail']), /not "Bearer", one space and an access token/)
    const challenge = authorization.startsWith('Bearer') ? 'Bearer error="invalid_token"' : 'Bearer'
    assert.equal(headers.get('www-authenticate'), challenge, authorization)
  }
  assert.equal((await nobody.get('/who')).body['detail'], 'Sign in first.')
})

test('JW-47 a token outside the header is nothing', async () => {
  const token = evil.mint.access()
  assert.equal((await nobody.get(`/slow?access_token=${token}`)).status, 401)
  assert.equal((await nobody.get('/who', { cookie: `access_token=${token}` })).status, 401)
})

test('JW-48 a token of somebody who is disabled is refused within a second, and so is one whose account is gone', async () => {
  const token = evil.mint.access({ sub: 'leaver' })
  const { person } = (await ask(token)).body
  assert.equal(await status(token), 200)
  await platform().query("update plinth.people set status = 'disabled' where id = $1", [person])
  await until(async () => (await status(token)) === 401)
  const other = evil.mint.access({ sub: 'unlinked' })
  const first = (await ask(other)).body['person']
  await platform().query("delete from plinth.identities where subject = 'unlinked'")
  await until(async () => (await ask(other)).body['person'] !== first)
})

test('JW-38 a request whose token ends meanwhile comes to its end, and the next one is refused', async () => {
  const token = evil.mint.access({ exp: Math.floor(clock.now() / 1_000) + 60 })
  whileSlow = async () => clock.advance(120_000)
  assert.equal(await status(token, '/slow'), 204)
  whileSlow = async () => {}
  assert.equal(await status(token, '/slow'), 401)
})

test('JW-39 a token from the future counts within the leeway, and a metric says how far the clocks are apart', async () => {
  const now = Math.floor(clock.now() / 1_000)
  assert.equal(await status(evil.mint.access({ iat: now + 20 })), 200)
  assert.equal(await status(evil.mint.access({ iat: now + 300, exp: now + 600 })), 401)
  const { body } = await nobody.get<string>('/metrics', bearer(METRICS))
  const shown = /plinth_token_clock_skew_seconds\{provider="evil"\} (\d+)/.exec(String(body))?.[1]
  assert.ok(Math.abs(Number(shown) - 300) < 5, `the metric says ${shown}`)
})

test('JW-58 TN-46 what is known of one token says nothing of another of the same person', async () => {
  const sub = 'cached'
  await join(evil.mint.access({ sub }), 'cache')
  const wide = evil.mint.access({ sub, tenant_id: 'cache', scope: '*' })
  const narrow = evil.mint.access({ sub, tenant_id: 'cache', scope: 'board:read' })
  assert.equal((await nobody.post('/board', {}, bearer(wide))).status, 204)
  assert.equal((await nobody.post('/board', {}, bearer(narrow))).status, 403)
  assert.equal((await nobody.post('/board', {}, bearer(wide))).status, 204)
})

test('JW-60 whatever is wrong with a token, the answer is one, and the reason is in the logs only', async () => {
  const now = Math.floor(clock.now() / 1_000)
  const bad = [
    evil.mint.access({ exp: now - 600, iat: now - 900 }),
    evil.mint.access({ aud: 'other' }),
    evil.mint.access({}, { header: { kid: 'unknown' } }),
    evil.mint.access({}, { signature: (good) => good.fill(7) }),
    'nonsense',
  ]
  const { length: before } = world.logged
  const answers = await Promise.all(bad.map((token) => ask(token)))
  const said = world.logged.slice(before).join()
  for (const fault of ['exp', 'aud', 'key', 'signature', 'format'])
    assert.ok(said.includes(`access_token_${fault}`), `${fault} is not in the log`)
  const bodies = answers.map(({ body }) => ({ ...body, request_id: '' }))
  for (const body of bodies) assert.deepEqual(body, bodies[0])
  assert.deepEqual(
    answers.map(({ headers }) => headers.get('www-authenticate')),
    bad.map(() => 'Bearer error="invalid_token"'),
  )
})

test('mapClaims has its word at a sign-in through a provider too', async () => {
  const person = world.visitor()
  evil.next('token', { claims: { sub: 'at-the-page', nick: 'mapped' } })
  await evil.signIn(person)
  const { body } = await person.get<{ user: { name: string } }>('/auth/web/me')
  assert.equal(body.user.name, 'Mapped from evil')
})
