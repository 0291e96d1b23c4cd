import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Asked } from '../../testing/authenticator.ts'
import type { Answer } from '../../testing/person.ts'
import { openPasskeys } from './passkeys.fixture.ts'

let kit: Awaited<ReturnType<typeof openPasskeys>>
before(async () => {
  kit = await openPasskeys()
})
after(() => kit.world[Symbol.asyncDispose]())

const VERIFY = '/auth/passkeys/authentication/verify'
const REGISTER = '/auth/passkeys/registration/verify'
const codeOf = ({ status, body }: Answer) => `${status} ${String(body['code'])}`

test('D23 a passkey is added in person and signs in without a name or a password', async () => {
  const one = await kit.owner()
  assert.deepEqual(await kit.list(one.person), [one.passkey])
  const browser = kit.world.person()
  const { status, body } = await kit.signIn(one.device, browser)
  assert.equal(status, 200)
  assert.deepEqual(
    { ...body, csrf_token: typeof body['csrf_token'] },
    {
      message: 'Signed in',
      mfa_required: false,
      mfa_token: null,
      mfa_methods: [],
      mfa_enrolment_required: false,
      csrf_token: 'string',
      return_to: '/',
    },
  )
  assert.equal(await kit.me(browser), one.email)
  const [session] = await kit.world.sql(
    `select provider, kind, acr, amr, identity_id from plinth.sessions order by created_at desc, id desc limit 1`,
  )
  assert.deepEqual(session, {
    provider: 'local',
    kind: 'browser',
    acr: 'aal2',
    amr: ['hwk'],
    identity_id: null,
  })
  const [used] = await kit.list(browser)
  assert.notEqual(used?.last_used_at, null)
})

test('D23 the answer leads on to a page of ours, and to no other', async () => {
  const { device } = await kit.owner()
  const goTo = async (return_to: string) => {
    const browser = kit.world.person()
    const response = device.get(await kit.ask(browser))
    return (await browser.post(VERIFY, { response, return_to })).body['return_to']
  }
  assert.equal(await goTo('/stock?a=1'), '/stock?a=1')
  assert.equal(await goTo('//evil.example/x'), '/')
})

test('adding and removing leave an audit row, and a notice that asks whether it was them', async () => {
  const one = await kit.owner()
  assert.equal((await kit.add(one, 'Second key')).name, 'Second key')
  const removed = await one.person.delete(`/auth/passkeys/${one.passkey.id}`)
  assert.equal(removed.status, 204)
  const added = 'account.passkey_added'
  assert.deepEqual(kit.noticesTo(one.email), [added, added, 'account.passkey_removed'])
  assert.equal((await kit.audits('passkey.added')).at(-1)?.outcome, 'success')
  assert.equal((await kit.audits('passkey.removed')).at(-1)?.outcome, 'success')
  assert.deepEqual(
    (await kit.list(one.person)).map(({ name }) => name),
    ['Second key'],
  )
})

test('a passkey is renamed by its person; a name that says nothing is refused', async () => {
  const { person, passkey } = await kit.owner()
  const rename = (name: string) => person.patch(`/auth/passkeys/${passkey.id}`, { name })
  assert.equal((await rename('  Blue key ')).body['name'], 'Blue key')
  for (const name of ['', ' ', 'x'.repeat(61), 'a\u0000b', 'a\u202eb'])
    assert.ok([400, 422].includes((await rename(name)).status), JSON.stringify(name))
  assert.deepEqual((await kit.audits('passkey.renamed')).length, 1)
})

test('MF-15 an old sign-in neither adds nor removes a passkey, and is told where to confirm', async () => {
  const one = await kit.owner()
  kit.world.clock.advance(901_000)
  const answers = [
    await one.person.post('/auth/passkeys/registration/options'),
    await one.person.delete(`/auth/passkeys/${one.passkey.id}`),
  ]
  for (const answer of answers) {
    assert.equal(codeOf(answer), '401 access.insufficient_user_authentication')
    assert.match(JSON.stringify(answer.body['details']), /sign_in_again/)
  }
  assert.equal((await kit.list(one.person)).length, 1)
})

test('one passkey belongs to one account: whoever brings it a second time is refused', async () => {
  const { sql } = kit.world
  const one = await kit.owner()
  const other = await kit.somebody()
  const made = other.device.create(await kit.askForNew(other.person))
  await sql('alter table plinth.passkeys disable trigger keep_key')
  await sql('update plinth.passkeys set credential_id = $1 where id = $2', [
    made.id,
    one.passkey.id,
  ])
  await sql('alter table plinth.passkeys enable trigger keep_key')
  assert.equal(codeOf(await other.person.post(REGISTER, { response: made })), '409 passkey.taken')
  assert.deepEqual(await kit.list(other.person), [])
})

test('an account has no more passkeys than the service allows, also when many are added at once', async () => {
  const one = await kit.owner()
  await kit.world.sql(
    `insert into plinth.passkeys (id, person_id, credential_id, public_key, sign_counter, name, synced)
     select gen_random_uuid(), person_id, id::text || n, public_key, 0, name, false
       from plinth.passkeys, generate_series(1, 18) n where id = $1`,
    [one.passkey.id],
  )
  const made: object[] = []
  for (let n = 0; n < 8; n += 1) made.push(one.device.create(await kit.askForNew(one.person)))
  // With connections open, so that all of them are at it together.
  await Promise.all(Array.from({ length: 12 }, () => one.person.get('/auth/passkeys')))
  const added = await Promise.all(made.map((response) => one.person.post(REGISTER, { response })))
  const refused = Array.from({ length: 7 }, () => '409 passkey.too_many')
  assert.deepEqual(added.map(codeOf).sort(), ['201 undefined', ...refused])
  assert.equal((await kit.list(one.person)).length, 20)
  const asked = await one.person.post('/auth/passkeys/registration/options')
  assert.equal(codeOf(asked), '409 passkey.too_many')
})

test('the only way in stays: a passkey goes when another passkey, a password or an account is there', async () => {
  const one = await kit.owner()
  await kit.world.sql(
    'delete from plinth.identities i using plinth.people p where p.id = i.person_id and p.email = $1',
    [one.email],
  )
  const path = `/auth/passkeys/${one.passkey.id}`
  assert.equal(codeOf(await one.person.delete(path)), '409 passkey.last_way_in')
  assert.equal((await kit.audits('passkey.removed')).at(-1)?.reason, 'last_way_in')
  await kit.add(one)
  const both = (await kit.list(one.person)).map(({ id }) =>
    one.person.delete(`/auth/passkeys/${id}`),
  )
  assert.deepEqual((await Promise.all(both)).map(({ status }) => status).sort(), [204, 409])
})

test('v5.0.0-V6.7.1 nothing but adding writes the key of a passkey, and nobody moves it to another', async () => {
  const one = await kit.owner()
  const other = await kit.somebody()
  const [them] = await kit.world.sql<{ id: string }>(
    'select id from plinth.people where email = $1',
    [other.email],
  )
  const change = (column: string, value: unknown) =>
    kit.world.sql(`update plinth.passkeys set ${column} = $1 where id = $2`, [
      value,
      one.passkey.id,
    ])
  await assert.rejects(change('public_key', Buffer.from('mine')), /does not change/)
  await assert.rejects(change('person_id', them?.id), /does not change/)
  await assert.rejects(change('credential_id', 'other'), /does not change/)
})

test('MF-15 MF-19 whoever has a passkey shows it before another is added or one is removed', async () => {
  const one = await kit.owner()
  await kit.world.sql(`update plinth.sessions set amr = '{fed}'`)
  kit.world.clock.advance(61_000)
  const answers = [
    await one.person.post('/auth/passkeys/registration/options'),
    await one.person.delete(`/auth/passkeys/${one.passkey.id}`),
  ]
  for (const answer of answers) assert.equal(codeOf(answer), '401 mfa.step_up_needed')
  const asked = await one.person.post<Asked>('/auth/passkeys/step-up/options')
  assert.equal(asked.body.allowCredentials.length, 1)
  const passkey = one.device.get(asked.body)
  assert.equal((await one.person.post('/auth/web/step-up', { passkey })).status, 200)
  assert.equal((await one.person.delete(`/auth/passkeys/${one.passkey.id}`)).status, 204)
})

test('the first passkey comes with recovery codes; the last one takes them along', async () => {
  const one = await kit.somebody()
  const response = one.device.create(await kit.askForNew(one.person))
  const { body } = await one.person.post<{ id: string; recovery_codes: string[] }>(REGISTER, {
    response,
  })
  assert.equal(body.recovery_codes.length, 10)
  const second = one.device.create(await kit.askForNew(one.person))
  const more = await one.person.post<{ id: string }>(REGISTER, { response: second })
  assert.equal('recovery_codes' in more.body, false)
  for (const { id } of [body, more.body]) await one.person.delete(`/auth/passkeys/${id}`)
  const left = await one.person.get<{ recovery_codes_left: number }>('/auth/mfa')
  assert.equal(left.body.recovery_codes_left, 0)
})

test('MF-32 the last factor stays where a second factor is demanded', async () => {
  const one = await kit.owner()
  await kit.world.sql(
    `insert into plinth.mfa_rules (tenant_id, everybody)
     select m.tenant_id, true from plinth.memberships m
       join plinth.people p on p.id = m.person_id where p.email = $1`,
    [one.email],
  )
  const path = `/auth/passkeys/${one.passkey.id}`
  assert.equal(codeOf(await one.person.delete(path)), '409 passkey.last_factor')
  assert.equal((await kit.audits('passkey.removed')).at(-1)?.reason, 'last_factor')
  assert.deepEqual((await kit.list(one.person)).length, 1)
})

test('MF-11 a passkey is the second factor of a sign-in by a provider, and removing it ends other sessions', async () => {
  const one = await kit.owner()
  const browser = kit.world.person()
  const answer = await kit.signInAtProvider(browser, one.email)
  assert.equal(answer.headers.get('location'), '/auth/second-factor?return_to=%2F')
  assert.equal(await kit.me(browser), undefined)
  const asked = await browser.post<Asked>('/auth/mfa/passkey-options', {})
  const passkey = one.device.get(asked.body)
  const headers = { 'x-csrf-token': 'none' }
  const done = await browser.post('/auth/web/mfa', { passkey }, headers)
  assert.equal(done.status, 200, JSON.stringify(done.body))
  assert.equal(await kit.me(browser), one.email)
  assert.equal((await one.person.delete(`/auth/passkeys/${one.passkey.id}`)).status, 204)
  assert.equal(await kit.me(browser), undefined)
  assert.equal(await kit.me(one.person), one.email)
})

test('MF-33 a browser that was remembered is asked again once a passkey was removed', async () => {
  const one = await kit.owner()
  await kit.add(one, 'Second key')
  const browser = kit.world.person()
  await kit.signInAtProvider(browser, one.email)
  const asked = await browser.post<Asked>('/auth/mfa/passkey-options', {})
  const body = { passkey: one.device.get(asked.body), remember_device: true }
  assert.equal((await browser.post('/auth/web/mfa', body, { 'x-csrf-token': 'none' })).status, 200)
  const leadsTo = async () =>
    (await kit.signInAtProvider(browser, one.email)).headers.get('location')
  assert.equal(await leadsTo(), '/')
  assert.equal((await one.person.delete(`/auth/passkeys/${one.passkey.id}`)).status, 204)
  assert.equal(await leadsTo(), '/auth/second-factor?return_to=%2F')
})

test('MF-34 whoever signed in without a provider confirms on our own page, and elsewhere by name only', async () => {
  const { device } = await kit.owner()
  const browser = kit.world.person()
  await kit.signIn(device, browser)
  const leadsTo = async (query: string) =>
    (await browser.get(`/auth/web/login?${query}`)).headers.get('location') ?? ''
  const confirm = '/auth/confirm?return_to=%2Faccount'
  assert.equal(await leadsTo('max_age=900&return_to=/account'), confirm)
  assert.equal(await leadsTo('provider=local&max_age=900&return_to=/account'), confirm)
  assert.equal(
    await leadsTo('max_age=900&return_to=https://evil.example'),
    '/auth/confirm?return_to=%2F',
  )
  assert.match(await leadsTo('provider=evil&max_age=900'), /^http/)
  assert.match(await leadsTo('return_to=/account'), /^http/)
})
