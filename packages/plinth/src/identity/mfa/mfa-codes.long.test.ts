import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { provesTwoFactors } from '../../access/index.ts'
import type { Answer, Person } from '../../testing/person.ts'
import type { TestAccount } from '../account/accounts.fixture.ts'
import type { ChallengeRow } from './challenges.repository.ts'
import type { MfaWorld } from './mfa.fixture.ts'
import { openMfa, otherThan } from './mfa.fixture.ts'
import { openWaiting, sealWaiting } from './mfa-challenges.ts'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa()
})
after(() => mfa[Symbol.asyncDispose]())

const CODE = [401, 'Invalid MFA code']
const UNKNOWN = [404, 'MFA method not found']
const detailOf = ({ status, body }: Answer) => [status, body['detail']]
let numbers = 0
const newNumber = () => {
  numbers += 1
  return `+4915${String(numbers).padStart(9, '0')}`
}

interface WithCodes {
  readonly who: TestAccount
  readonly browser: Person
  readonly method: string
  readonly address: string
}

/** Somebody who gets codes by SMS or e-mail, signed in with one. */
async function withCodes(kind: 'sms' | 'email'): Promise<WithCodes> {
  const who = await mfa.account()
  const { browser } = await mfa.logIn(who)
  const phone = newNumber()
  const address = kind === 'sms' ? phone : who.email
  const setUp = await browser.post('/auth/mfa/setup', { kind, ...(kind === 'sms' && { phone }) })
  assert.equal(setUp.status, 200, JSON.stringify(setUp.body))
  const method = String(setUp.body['method_id'])
  const code = await mfa.lastCode(address)
  const done = await browser.post('/auth/mfa/confirm', { method_id: method, code })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  return { who, browser, method, address }
}

interface Waiting {
  readonly browser: Person
  readonly token: string
}
const ask = (one: WithCodes, { browser, token }: Waiting) =>
  browser.post('/auth/mfa/codes', { mfa_token: token, method_id: one.method })
const finish = ({ browser, token }: Waiting, code: string) =>
  browser.post('/auth/web/mfa', { mfa_token: token, code })

/** Asks for a code at a new sign-in and reads it from where it went. */
async function asked(one: WithCodes): Promise<Waiting & { readonly code: string }> {
  const waiting = await mfa.logIn(one.who)
  const sent = await ask(one, waiting)
  assert.equal(sent.status, 202, JSON.stringify(sent.body))
  return { ...waiting, code: await mfa.lastCode(one.address) }
}

test('v5.0.0-V6.6.1 codes go to a number that was proved, in a listed country; an app is always offered', async () => {
  const who = await mfa.account({ verified: false })
  const { browser } = await mfa.logIn(who)
  const setUp = (body: object) => browser.post('/auth/mfa/setup', body)
  for (const [body, code] of [
    [{ kind: 'sms', phone: '+15551234567' }, 'mfa.phone_refused'],
    [{ kind: 'sms', phone: '015112345678' }, 'sms.number_refused'],
    [{ kind: 'sms' }, 'sms.number_refused'],
    [{ kind: 'email' }, 'mfa.no_address'],
  ] as const) {
    const refused = await setUp(body)
    assert.deepEqual([refused.status, refused.body['code']], [422, code], JSON.stringify(body))
  }
  assert.deepEqual(mfa.gateway.received, [])
  const { offered } = (await browser.get('/auth/mfa')).body as { offered: string[] }
  assert.deepEqual(offered, ['totp', 'sms'])
  // Until its first code came back the number is nobody's factor.
  const phone = newNumber()
  assert.equal((await setUp({ kind: 'sms', phone })).status, 200)
  assert.equal((await mfa.logIn(who)).answer.body['mfa_required'], false)
})

for (const kind of ['sms', 'email'] as const) {
  test(`MF-20 v5.0.0-V6.5.1 v5.0.0-V6.5.4 a code by ${kind} signs in, once, in its own sign-in`, async () => {
    const one = await withCodes(kind)
    const first = await asked(one)
    assert.match(first.code, /^\d{6}$/)
    const second = await mfa.logIn(one.who)
    assert.deepEqual(detailOf(await finish(second, first.code)), CODE)
    assert.equal((await finish(first, first.code)).status, 200)
    assert.deepEqual(detailOf(await finish(second, first.code)), CODE)
    const [row] = await mfa.sql<{ amr: string[] }>(
      'select amr from plinth.sessions where person_id = $1 order by created_at desc limit 1',
      [one.who.person],
    )
    assert.deepEqual(row?.amr, ['pwd', kind === 'sms' ? 'sms' : 'mail'])
  })
}

test('MF-20 v5.0.0-V6.5.5 v5.0.0-V6.6.2 a code ends with its time, with a newer one, and with a changed address', async () => {
  const one = await withCodes('email')
  const late = await asked(one)
  await mfa.sql("update plinth.mfa_challenges set expires_at = expires_at + interval '1 hour'")
  mfa.world.clock.advance(600_000)
  assert.deepEqual(detailOf(await finish(late, late.code)), CODE)

  const older = await asked(one)
  assert.equal((await ask(one, older)).status, 202)
  const newer = await mfa.lastCode(one.address)
  if (newer !== older.code) assert.deepEqual(detailOf(await finish(older, older.code)), CODE)
  assert.equal((await finish(older, newer)).status, 200)

  const moved = await asked(one)
  await mfa.sql("update plinth.people set email = 'other@example.com' where id = $1", [
    one.who.person,
  ])
  assert.deepEqual(detailOf(await finish(moved, moved.code)), CODE)
  // The gate still asks: an address that a provider brings does not take the factor off.
  const again = await mfa.logIn(one.who)
  assert.deepEqual(
    [again.answer.body['mfa_required'], again.answer.body['mfa_methods']],
    [true, ['recovery']],
  )
})

test('MF-08 v5.0.0-V6.6.3 another code gives no more tries', async () => {
  const one = await withCodes('sms')
  const waiting = await asked(one)
  for (let tries = 0; tries < 5; tries += 1) {
    assert.deepEqual(detailOf(await finish(waiting, otherThan(waiting.code))), CODE)
  }
  assert.equal((await ask(one, waiting)).status, 401)
  assert.deepEqual(detailOf(await finish(waiting, waiting.code)), [401, 'Invalid MFA token'])
})

test('MF-21 v5.0.0-V6.6.3 codes are sent only so often: to a person, an address, a network, a country, in all', async () => {
  const one = await withCodes('sms')
  const statuses: number[] = []
  let last: Answer | undefined
  for (let times = 0; times < 6; times += 1) {
    // From a network of its own each time: the person's share is what ends.
    last = await ask(one, await mfa.logIn(one.who))
    statuses.push(last.status)
  }
  assert.deepEqual(statuses, [202, 202, 202, 202, 202, 429])
  assert.ok(Number(last?.headers.get('retry-after')) > 0)
  assert.match(String(last?.body['detail']), /^Too many codes were sent/)
  const [refused] = await mfa.sql<{ reason: string }>(
    "select reason from plinth.audit_events where action = 'mfa.code_sent' and outcome = 'denied' and target_id = $1",
    [one.who.person],
  )
  assert.equal(refused?.reason, 'too_many')
  // The count that was not sent is not counted either.
  const counts = await mfa.sql<{ sent: number }>('select max(sent) as sent from plinth.mfa_sends')
  assert.ok((counts[0]?.sent ?? 0) >= 6)
})

test('MF-22 a code is in no answer, no log line, no job, and no table', async () => {
  const one = await withCodes('email')
  const waiting = await mfa.logIn(one.who)
  const sent = await ask(one, waiting)
  const jobs = await mfa.sql("select data from plinth_jobs.job where name like 'notify.%'")
  const code = await mfa.lastCode(one.address)
  const rows = await mfa.sql('select * from plinth.mfa_codes')
  const audit = await mfa.sql("select data from plinth.audit_events where action like 'mfa.%'")
  const later = await mfa.sql("select data, output from plinth_jobs.job where name like 'notify.%'")
  assert.match(code, /^\d{6}$/)
  for (const seen of [sent.body, jobs, rows, audit, later, mfa.world.logged]) {
    assert.ok(!new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`).test(JSON.stringify(seen)), code)
  }
  assert.equal(sent.body['sent_to'], `p•••@example.com`)
})

test('MF-23 the mailbox twice is one factor: after a proof by mail a code by mail is not offered, sent or taken', async () => {
  const one = await withCodes('email')
  const waiting = await asked(one)
  // As it would wait after a link by mail, such as an invitation.
  const secret = mfa.world.service.config.app.session_signing_secret
  const [row] = await mfa.sql<ChallengeRow>(
    'select * from plinth.mfa_challenges where person_id = $1 order by created_at desc limit 1',
    [one.who.person],
  )
  assert.ok(row)
  const sealed = sealWaiting(secret, row, { ...openWaiting(secret, row), amr: ['mail'] })
  await mfa.sql('update plinth.mfa_challenges set sign_in_sealed = $2 where id = $1', [
    row.id,
    sealed,
  ])
  const shown = await waiting.browser.post('/auth/mfa/challenge', { mfa_token: waiting.token })
  assert.deepEqual(
    (shown.body['methods'] as { kind: string }[]).map(({ kind }) => kind),
    ['recovery'],
  )
  assert.deepEqual(detailOf(await ask(one, waiting)), UNKNOWN)
  assert.deepEqual(detailOf(await finish(waiting, waiting.code)), CODE)
})

test('MF-23 what makes two factors', () => {
  const two = [
    ['pwd', 'otp'],
    ['fed', 'mail'],
    ['mail', 'sms'],
    ['hwk'],
    ['mfa'],
    ['pwd', 'recovery'],
  ]
  const one = [
    [],
    ['pwd'],
    ['mail', 'mail'],
    ['pwd', 'pwd'],
    ['pwd', 'remembered'],
    ['pwd', 'kba'],
    ['fed', 'pwd'],
  ]
  for (const amr of two) assert.equal(provesTwoFactors(amr), true, amr.join())
  for (const amr of one) assert.equal(provesTwoFactors(amr), false, amr.join())
})

test('a code for the session confirms who sits there, and is good for nothing else', async () => {
  const one = await withCodes('sms')
  const sent = await one.browser.post('/auth/mfa/codes', { method_id: one.method })
  assert.equal(sent.status, 202, JSON.stringify(sent.body))
  const code = await mfa.lastCode(one.address)
  assert.deepEqual(detailOf(await finish(await mfa.logIn(one.who), code)), CODE)
  const raised = await one.browser.post('/auth/web/step-up', { code })
  assert.equal(raised.status, 200, JSON.stringify(raised.body))
  const stranger = await withCodes('sms')
  const other = await stranger.browser.post('/auth/mfa/codes', { method_id: one.method })
  assert.deepEqual(detailOf(other), UNKNOWN)
})
