import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId, newToken } from '../../kernel/index.ts'
import type { Asked } from '../../testing/authenticator.ts'
import { createAuthenticator } from '../../testing/authenticator.ts'
import type { Answer } from '../../testing/person.ts'
import { ORIGIN } from '../identity.fixture.ts'
import type { ChallengeHolder } from './challenge.ts'
import { issueChallenge, takeChallenge } from './challenge.ts'
import { openPasskeys } from './passkeys.fixture.ts'

let kit: Awaited<ReturnType<typeof openPasskeys>>
before(async () => {
  kit = await openPasskeys()
})
after(() => kit.world[Symbol.asyncDispose]())

const VERIFY = '/auth/passkeys/authentication/verify'
const REGISTER = '/auth/passkeys/registration/verify'
const codeOf = ({ status, body }: Answer) => `${status} ${String(body['code'])}`

test('MF-27 v5.0.0-V6.7.2 a challenge works once, in time, and never repeats', async () => {
  const { device } = await kit.owner()
  const browser = kit.world.person()
  const asked = await kit.ask(browser)
  const again = await kit.ask(browser)
  assert.match(asked.challenge, /^[\w-]{43}$/)
  assert.notEqual(asked.challenge, again.challenge)
  assert.equal(new Set(Array.from({ length: 100_000 }, newToken)).size, 100_000)
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
  // With a question that is open: only the id is not that of the key.
  const asked = await kit.askForNew(person)
  const named = { ...device.create(asked), id: 'AAAA', rawId: 'AAAA' }
  assert.equal((await person.post(REGISTER, { response: named })).status, 400)
  assert.equal((await kit.audits('passkey.added')).at(-1)?.reason, 'answer_malformed')
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

test('a passkey signs nobody in whose account is disabled, and says no more than to others', async () => {
  const { device, email } = await kit.owner()
  await kit.world.sql(`update plinth.people set status = 'disabled' where email = $1`, [email])
  assert.equal(codeOf(await kit.signIn(device)), '401 passkey.refused')
  assert.equal((await kit.audits('passkey.used')).at(-1)?.reason, 'person_disabled')
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

test('MF-27 the question of a step-up is answered by its own person only, and signs nobody in', async () => {
  const one = await kit.owner()
  const other = await kit.owner()
  const { body } = await one.person.post<Asked>('/auth/passkeys/step-up/options')
  const theirs = other.device.get({ ...body, allowCredentials: [] })
  const refused = await one.person.post('/auth/web/step-up', { passkey: theirs })
  assert.equal(codeOf(refused), '401 mfa.invalid_code')
  const forNew = await kit.askForNew(one.person)
  const crossed = one.device.get({ ...forNew, rpId: forNew.rp.id, allowCredentials: [] })
  const stepUp = await one.person.post('/auth/web/step-up', { passkey: crossed })
  assert.equal(codeOf(stepUp), '401 mfa.invalid_code')
  assert.equal((await kit.audits('passkey.used')).at(-1)?.reason, 'challenge_refused')
  const again = await one.person.post<Asked>('/auth/passkeys/step-up/options')
  const response = one.device.get(again.body)
  const browser = kit.world.person()
  await kit.ask(browser)
  assert.equal(codeOf(await browser.post(VERIFY, { response })), '401 passkey.refused')
})

test('MF-27 a challenge is for one use, one person and one holder: each alone is looked at', async () => {
  const { platform } = kit.world.deps
  const clock = kit.world.clock
  const [person, other] = [newId<'person'>(), newId<'person'>()]
  await kit.world.sql('insert into plinth.people (id, name) values ($1, $2), ($3, $4)', [
    ...[person, 'Ida', other, 'Jo'],
  ])
  const right = { use: 'step_up', person, holder: 'session 1' } as const
  const taken = async (wrong: Partial<ChallengeHolder>) => {
    const challenge = await issueChallenge(platform, clock, { ...right, ttlSeconds: 60 })
    return takeChallenge(platform, clock, { ...right, ...wrong, challenge })
  }
  assert.equal(await taken({}), true)
  assert.equal(await taken({ use: 'registration' }), false)
  assert.equal(await taken({ person: other }), false)
  assert.equal(await taken({ person: undefined }), false)
  assert.equal(await taken({ holder: 'session 2' }), false)
})
