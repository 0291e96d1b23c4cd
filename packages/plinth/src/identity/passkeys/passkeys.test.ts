import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Asked } from '../../testing/authenticator.ts'
import { createAuthenticator } from '../../testing/authenticator.ts'
import type { Answer } from '../../testing/person.ts'
import { ORIGIN } from '../identity.fixture.ts'
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

test('MF-27 v5.0.0-V6.7.2 a challenge works once, in time, and never repeats', async () => {
  const { device } = await kit.owner()
  const browser = kit.world.person()
  const asked = await kit.ask(browser)
  const again = await kit.ask(browser)
  assert.match(asked.challenge, /^[\w-]{43}$/)
  assert.notEqual(asked.challenge, again.challenge)
  const response = device.get(asked)
  assert.equal((await browser.post(VERIFY, { response })).status, 200)
  assert.equal(codeOf(await browser.post(VERIFY, { response })), '401 passkey.refused')
  const next = device.get(asked)
  assert.equal(codeOf(await browser.post(VERIFY, { response: next })), '401 passkey.refused')
  kit.world.clock.advance(301_000)
  const late = device.get(again)
  assert.equal(codeOf(await browser.post(VERIFY, { response: late })), '401 passkey.refused')
  assert.equal((await kit.audits('passkey.used')).at(-1)?.reason, 'challenge_refused')
})

test('MF-27 a challenge of another browser or session, or of the other ceremony, is worth nothing', async () => {
  const one = await kit.owner()
  const other = await kit.somebody()
  const browser = kit.world.person()
  const stranger = kit.world.person()
  await kit.ask(stranger)
  const response = one.device.get(await kit.ask(browser))
  assert.equal(codeOf(await stranger.post(VERIFY, { response })), '401 passkey.refused')
  assert.equal(codeOf(await browser.post(VERIFY, { response })), '401 passkey.refused')

  const asked = await kit.askForNew(one.person)
  const made = other.device.create(asked)
  const taken = await other.person.post(REGISTER, { response: made })
  assert.equal(codeOf(taken), '400 passkey.not_added')
  assert.equal(codeOf(await one.person.post(REGISTER, { response: made })), '400 passkey.not_added')

  const forNew = await kit.askForNew(one.person)
  const signed = one.device.get({ ...forNew, rpId: forNew.rp.id, allowCredentials: [] })
  assert.equal(codeOf(await browser.post(VERIFY, { response: signed })), '401 passkey.refused')
  const forSignIn = await kit.ask(one.person)
  const built = one.device.create({ ...(await kit.askForNew(one.person)), ...forSignIn })
  assert.equal(
    codeOf(await one.person.post(REGISTER, { response: built })),
    '400 passkey.not_added',
  )
})

const WRONG = [
  ['MF-28 another origin', { origin: 'https://evil.example' }, 'answer_refused'],
  ['MF-28 a sub-domain', { origin: 'http://app.localhost:8000' }, 'answer_refused'],
  ['MF-28 another port', { origin: 'http://localhost:8001' }, 'answer_refused'],
  ['MF-28 another relying party', { rpId: 'evil.example' }, 'answer_refused'],
  ['MF-28 a frame of another site', { crossOrigin: true }, 'cross_origin'],
  [
    'MF-28 a frame that names its top',
    { crossOrigin: true, topOrigin: 'https://evil.example' },
    'cross_origin',
  ],
  ['MF-29 nobody there', { userPresent: false }, 'answer_refused'],
  ['MF-29 nobody checked', { userVerified: false }, 'user_not_verified'],
] as const

for (const [title, faults, reason] of WRONG) {
  test(`${title}: neither signs in nor adds a passkey`, async () => {
    const { device, person } = await kit.owner()
    const browser = kit.world.person()
    const response = device.get(await kit.ask(browser), faults)
    assert.equal(codeOf(await browser.post(VERIFY, { response })), '401 passkey.refused')
    assert.equal((await kit.audits('passkey.used')).at(-1)?.reason, reason)
    const made = device.create(await kit.askForNew(person), faults)
    const refused = await person.post(REGISTER, { response: made })
    const code = reason === 'user_not_verified' ? 'passkey.not_verified' : 'passkey.not_added'
    assert.equal(codeOf(refused), `400 ${code}`)
    assert.equal((await kit.audits('passkey.added')).at(-1)?.reason, reason)
    assert.equal((await kit.list(person)).length, 1)
  })
}

test('MF-28 the type of the other ceremony is refused in both', async () => {
  const { device, person } = await kit.owner()
  const browser = kit.world.person()
  const response = device.get(await kit.ask(browser), { type: 'webauthn.create' })
  assert.equal((await browser.post(VERIFY, { response })).status, 401)
  const made = device.create(await kit.askForNew(person), { type: 'webauthn.get' })
  assert.equal((await person.post(REGISTER, { response: made })).status, 400)
})

test('MF-29 a wrong signature, the passkey of another, and a claim to be another sign nobody in', async () => {
  const one = await kit.owner()
  const other = await kit.owner()
  const refusedFor = async (faults: object) => {
    const browser = kit.world.person()
    const response = one.device.get(await kit.ask(browser), faults)
    assert.equal(codeOf(await browser.post(VERIFY, { response })), '401 passkey.refused')
    assert.equal(await kit.me(browser), undefined)
    return (await kit.audits('passkey.used')).at(-1)?.reason
  }
  const othersAnswer = other.device.get(await kit.ask(kit.world.person()))
  const { userHandle = '' } = othersAnswer.response
  assert.equal(await refusedFor({ wrongSignature: true }), 'answer_refused')
  assert.equal(await refusedFor({ credentialId: othersAnswer.id }), 'person_mismatch')
  const both = { credentialId: othersAnswer.id, userHandle }
  assert.equal(await refusedFor(both), 'answer_refused')
  assert.equal(await refusedFor({ userHandle }), 'person_mismatch')
  assert.equal(await refusedFor({ userHandle: null }), 'person_mismatch')
  assert.equal(await refusedFor({ credentialId: 'AAAA' }), 'passkey_unknown')
})

test('MF-29 a key of an algorithm that was not offered is not added', async () => {
  const { device, person } = await kit.somebody()
  for (const algorithm of [-35, -65535, 5, -999]) {
    const response = device.create(await kit.askForNew(person), { algorithm })
    assert.equal((await person.post(REGISTER, { response })).status, 400, String(algorithm))
  }
})

test('an attestation with certificates is refused before anything in it is read', async () => {
  const { device, person } = await kit.somebody()
  for (const format of ['packed', 'tpm', 'android-key', 'apple', 'fido-u2f', 'made-up']) {
    const statement = new Map([['x5c', [Buffer.from('certificate')]]])
    const asked = await kit.askForNew(person)
    const response = device.create(asked, { attestation: { format, statement } })
    assert.equal((await person.post(REGISTER, { response })).status, 400)
    assert.equal((await kit.audits('passkey.added')).at(-1)?.reason, 'attestation_refused')
  }
})

test('what is no answer at all is refused in time', async () => {
  const { device, person } = await kit.somebody()
  const made = device.create(await kit.askForNew(person))
  const broken = (response: object) => ({ ...made, response: { ...made.response, ...response } })
  const text = (value: string) => Buffer.from(value).toString('base64url')
  const cases = [
    broken({ clientDataJSON: text('{') }),
    broken({ clientDataJSON: text('[]') }),
    broken({ attestationObject: text('x') }),
    broken({ attestationObject: text('\u00a0') }),
    { ...made, rawId: 'other' },
  ]
  for (const response of cases) {
    const { status } = await person.post(REGISTER, { response })
    assert.equal(status, 400)
  }
  for (const response of [{}, { ...made, id: '***' }, { ...made, type: 'password' }])
    assert.equal((await person.post(REGISTER, { response })).status, 422)
})

test('MF-30 a counter that does not rise is refused, its person told, and nothing moves', async () => {
  const one = await kit.owner()
  assert.equal((await kit.signIn(one.device)).status, 200)
  assert.equal((await kit.signIn(one.device)).status, 200)
  for (const counter of [2, 1, 0]) {
    const browser = kit.world.person()
    const response = one.device.get(await kit.ask(browser), { counter })
    assert.equal(codeOf(await browser.post(VERIFY, { response })), '401 passkey.refused')
    assert.equal((await kit.audits('passkey.used')).at(-1)?.reason, 'counter_not_risen')
  }
  assert.equal(kit.noticesTo(one.email).filter((name) => /copied/.test(name)).length, 3)
  const browser = kit.world.person()
  const response = one.device.get(await kit.ask(browser), { counter: 2 ** 32 - 1 })
  assert.equal((await browser.post(VERIFY, { response })).status, 200)
})

test('MF-30 of answers with one counter at the same time exactly one is taken', async () => {
  const { device } = await kit.owner()
  const browsers = Array.from({ length: 6 }, () => kit.world.person())
  const answers = await Promise.all(
    browsers.map(async (browser) => device.get(await kit.ask(browser), { counter: 9 })),
  )
  const all = await Promise.all(
    browsers.map((browser, at) => browser.post(VERIFY, { response: answers[at] })),
  )
  assert.deepEqual(all.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401])
})

test('MF-30 a synced passkey that never counts goes on working', async () => {
  const { device, passkey } = await kit.owner(true)
  assert.equal(passkey.synced, true)
  assert.equal((await kit.signIn(device)).status, 200)
  assert.equal((await kit.signIn(device)).status, 200)
})

test('MF-31 a passkey of somebody else is neither removed, renamed nor listed', async () => {
  const one = await kit.owner()
  const other = await kit.somebody()
  const path = `/auth/passkeys/${one.passkey.id}`
  assert.equal(codeOf(await other.person.delete(path)), '404 passkey.unknown')
  assert.equal(codeOf(await other.person.patch(path, { name: 'Mine' })), '404 passkey.unknown')
  assert.deepEqual(await kit.list(other.person), [])
  assert.deepEqual(await kit.list(one.person), [one.passkey])
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

test('a passkey signs nobody in whose account is disabled, and says no more than to others', async () => {
  const { device, email } = await kit.owner()
  await kit.world.sql(`update plinth.people set status = 'disabled' where email = $1`, [email])
  assert.equal(codeOf(await kit.signIn(device)), '401 passkey.refused')
  assert.equal((await kit.audits('passkey.used')).at(-1)?.reason, 'person_disabled')
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

test('an account has no more passkeys than the service allows, also when two are added at once', async () => {
  const one = await kit.owner()
  await kit.world.sql(
    `insert into plinth.passkeys (id, person_id, credential_id, public_key, sign_counter, name, synced)
     select gen_random_uuid(), person_id, id::text || n, public_key, 0, name, false
       from plinth.passkeys, generate_series(1, 18) n where id = $1`,
    [one.passkey.id],
  )
  const made = [await kit.askForNew(one.person), await kit.askForNew(one.person)].map((asked) =>
    one.device.create(asked),
  )
  const added = await Promise.all(made.map((response) => one.person.post(REGISTER, { response })))
  assert.deepEqual(added.map(codeOf).sort(), ['201 undefined', '409 passkey.too_many'])
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

test('a page of another site can neither ask nor answer', async () => {
  const { device } = await kit.owner()
  const browser = kit.world.person()
  const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const asked = await browser.post('/auth/passkeys/authentication/options', undefined, elsewhere)
  assert.equal(asked.status, 403)
  const response = device.get(await kit.ask(browser))
  assert.equal((await browser.post(VERIFY, { response }, elsewhere)).status, 403)
})

test('AK-27 a passkey is nothing for an anonymous caller to see or make', async () => {
  const nobody = kit.world.person()
  assert.equal((await nobody.get('/auth/passkeys')).status, 401)
  assert.equal((await nobody.post('/auth/passkeys/registration/options')).status, 401)
  const device = createAuthenticator({ origin: ORIGIN })
  const asked = { challenge: 'a'.repeat(43), rp: { id: 'localhost' }, user: { id: 'AAAA' } }
  const response = device.create(asked)
  assert.equal((await nobody.post(REGISTER, { response })).status, 401)
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

test('MF-27 the question of a step-up is answered by its own person only, and signs nobody in', async () => {
  const one = await kit.owner()
  const other = await kit.owner()
  const { body } = await one.person.post<Asked>('/auth/passkeys/step-up/options')
  const theirs = other.device.get({ ...body, allowCredentials: [] })
  const refused = await one.person.post('/auth/web/step-up', { passkey: theirs })
  assert.equal(codeOf(refused), '401 mfa.invalid_code')
  const again = await one.person.post<Asked>('/auth/passkeys/step-up/options')
  const response = one.device.get(again.body)
  const browser = kit.world.person()
  await kit.ask(browser)
  assert.equal(codeOf(await browser.post(VERIFY, { response })), '401 passkey.refused')
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
