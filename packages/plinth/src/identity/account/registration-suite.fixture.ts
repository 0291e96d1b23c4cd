import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { ReceivedMail } from '../../dev/index.ts'
import type { Person } from '../../testing/person.ts'
import type { AccountWorld } from './accounts.fixture.ts'
import { GOOD, openAccounts, sharedAccounts, tokenIn } from './accounts.fixture.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await sharedAccounts()
})

let made = 0
const freshAddress = () => {
  made += 1
  return `new${made}@example.com`
}
const somewhere = () => {
  made += 1
  return accounts.at(`198.51.100.${made}`)
}
const who = { first_name: 'Ana', last_name: 'Berg', password: GOOD }

async function mailTo(address: string): Promise<ReceivedMail | undefined> {
  return (await accounts.mails()).find(({ to }) => to[0] === address)
}

async function asked(browser: Person, email: string): Promise<string> {
  const answer = await browser.post('/auth/register', { ...who, email })
  assert.equal(answer.status, 202)
  return tokenIn(await mailTo(email))
}

const peopleWith = async (email: string) =>
  (await accounts.sql('select email_verified from plinth.people where email = $1', [email])).length

test('an account is made when its address is confirmed, by the browser that asked, and signs in after', async () => {
  const [browser, email] = [somewhere(), freshAddress()]
  const token = await asked(browser, email)
  assert.equal(await peopleWith(email), 0)
  assert.equal(
    (await browser.post('/auth/web/login', { username: email, password: GOOD })).status,
    401,
  )
  const answer = await browser.post('/auth/verify-email', { token })
  assert.deepEqual([answer.status, answer.body['email']], [200, email])
  assert.equal((await browser.get('/auth/web/me')).body['authenticated'], false)
  const signedIn = await browser.post('/auth/web/login', { username: email, password: GOOD })
  assert.equal(signedIn.status, 200)
  const me = await browser.get('/auth/me')
  assert.deepEqual(
    [me.body['first_name'], me.body['email_verified'], me.body['roles']],
    ['Ana', true, ['owner']],
  )
})

test('v5.0.0-V14.2.7 what was asked for sealed, and the mail that answers it, are kept for a day once they are done', async () => {
  const [browser, email] = [somewhere(), freshAddress()]
  await asked(browser, email)
  assert.equal((await browser.post('/auth/password-reset-request', { email })).status, 200)
  await accounts.mails()
  const rows = await accounts.sql(
    `select distinct name, deletion_seconds from plinth_jobs.job
      where name in ('identity.registration', 'identity.password_reset', 'notify.mail')
        and coalesce(data -> 'input' ->> 'template', '') <> 'account.erased' order by name`,
  )
  assert.deepEqual(
    rows,
    ['identity.password_reset', 'identity.registration', 'notify.mail'].map((name) => ({
      name,
      deletion_seconds: 86_400,
    })),
  )
})

test('whoever opens the mail of an account that somebody else asked for makes none without its password', async () => {
  const [attacker, email] = [somewhere(), freshAddress()]
  const token = await asked(attacker, email)
  const owner = somewhere()
  const thoughtless = await owner.post('/auth/verify-email', { token })
  assert.deepEqual([thoughtless.status, thoughtless.body['code']], [403, 'auth.confirm_password'])
  const own = await owner.post('/auth/verify-email', { token, password: 'the owner’s own words' })
  assert.equal(own.status, 403)
  assert.equal(await peopleWith(email), 0)
  assert.equal((await owner.post('/auth/verify-email', { token, password: GOOD })).status, 200)
})

test('MF-35 v5.0.0-V6.3.8 the same answer for an address that is taken; only a mail to it says more, three times at most', async () => {
  const taken = await accounts.account()
  const email = freshAddress()
  const answers = []
  for (const address of [email, taken.email, taken.email.toUpperCase()]) {
    const { status, body } = await somewhere().post('/auth/register', { ...who, email: address })
    answers.push({ status, body })
  }
  assert.deepEqual(answers[0], answers[1])
  assert.deepEqual(answers[0], answers[2])
  for (let one = 0; one < 4; one += 1)
    await somewhere().post('/auth/register', { ...who, email: taken.email })
  const mails = (await accounts.mails()).filter(({ to }) => to[0]?.toLowerCase() === taken.email)
  assert.deepEqual(
    mails.map(({ subject }) => subject),
    Array.from({ length: 3 }, () => 'You have an account already'),
  )
})

test('MF-35 v5.0.0-V6.3.8 a reset asked for nobody, somebody, somebody disabled: one answer, and mail only where there is somebody', async () => {
  const [known, off] = [await accounts.account(), await accounts.account({ status: 'disabled' })]
  const nobody = freshAddress()
  const ask = async (email: string) => {
    const { status, body } = await somewhere().post('/auth/password-reset-request', { email })
    return { status, body }
  }
  const { statistics } = accounts.world.database
  const answers = []
  const trips = []
  for (const email of [nobody, known.email, off.email, 'no address']) {
    const before = statistics.roundTrips
    answers.push(await ask(email))
    trips.push(statistics.roundTrips - before)
  }
  const message = 'If the email exists, a reset link has been sent'
  for (const answer of answers) assert.deepEqual(answer, { status: 200, body: { message } })
  assert.equal(new Set(trips).size, 1)
  assert.ok(await mailTo(known.email))
  assert.equal(await mailTo(off.email), undefined)
  assert.equal(await mailTo(nobody), undefined)
  for (let one = 0; one < 8; one += 1) await ask(known.email)
  const mails = (await accounts.mails()).filter(({ to }) => to[0] === known.email)
  assert.equal(mails.length, 5)
})

const CANONICAL_EMAILS = ['ana.x＠Example.com', ' ana.x@example.com ', 'ANA.X@EXAMPLE.COM']
const BAD_EMAILS = [
  'a@b@example.com',
  'a@example.com,b@example.com',
  '"a b"@example.com',
  'a@example.com\r\nBcc: b@example.com',
  'a\0@example.com',
  `${'x'.repeat(320)}@example.com`,
  'a@localhost',
  'а@example.com',
  'a<b>@example.com',
  'a\u200b@example.com',
  '.a@example.com',
]

test('MF-39 an address is normalised, then judged: one plain address, one account, one recipient', async () => {
  await accounts.account({ email: 'ana.x@example.com' })
  for (const email of CANONICAL_EMAILS) {
    const answer = await somewhere().post('/auth/register', { ...who, email })
    assert.equal(answer.status, 202, email)
  }
  for (const email of BAD_EMAILS) {
    const { status } = await somewhere().post('/auth/register', { ...who, email })
    assert.ok(status === 422 || status === 400, `${email}: ${status}`)
  }
  const idn = 'ana@bücher.example'
  await asked(somewhere(), idn)
  const mails = await accounts.mails()
  assert.ok(mails.every(({ to }) => to.length === 1))
  assert.ok(mails.some(({ to }) => to[0] === idn))
  const plus = 'ana.x+shop@example.com'
  assert.match(await asked(somewhere(), plus), /^[\w-]{43}$/)
})

test('v5.0.0-V6.2.4 a weak password is refused at registration with the reason, before anything is sent', async () => {
  const email = freshAddress()
  const ask = async (password: string) =>
    (await somewhere().post('/auth/register', { ...who, email, password })).body
  for (const [password, code] of [
    ['sunshine', 'too_common'],
    ['Ana-Berg', 'too_personal'],
    ['short', 'too_short'],
  ] as const) {
    const body = await ask(password)
    assert.equal(body['code'], 'auth.weak_password')
    assert.equal((body['details'] as { code: string }[])[0]?.code, code)
  }
  assert.equal(await mailTo(email), undefined)
})

test('MF-43 a link to confirm is one use of twenty at once, ends with its time, and is refused to somebody signed in', async () => {
  const [browser, email] = [somewhere(), freshAddress()]
  const token = await asked(browser, email)
  const bob = await accounts.account()
  const other = somewhere()
  await other.post('/auth/web/login', { username: bob.email, password: GOOD })
  assert.equal(
    (await other.post('/auth/verify-email', { token })).body['code'],
    'auth.other_account',
  )
  const twenty = (text: string) => {
    const confirm = async () => (await browser.post('/auth/verify-email', { token: text })).status
    return Promise.all(Array.from({ length: 20 }, confirm))
  }
  // What is no token opens the connections to the database on which the twenty meet.
  assert.deepEqual(new Set(await twenty('x'.repeat(43))), new Set([401]))
  assert.deepEqual(
    (await twenty(token)).filter((status) => status !== 401),
    [200],
  )
  assert.equal(await peopleWith(email), 1)
  const late = freshAddress()
  const old = await asked(browser, late)
  accounts.world.clock.advance(25 * 3_600_000)
  assert.equal((await browser.post('/auth/verify-email', { token: old })).status, 401)
})

test('of two who asked with one address the first who confirms has it', async () => {
  const [one, two, email] = [somewhere(), somewhere(), freshAddress()]
  const first = await asked(one, email)
  const second = await asked(two, email)
  assert.equal((await two.post('/auth/verify-email', { token: second })).status, 200)
  const late = await one.post('/auth/verify-email', { token: first })
  assert.deepEqual([late.status, late.body['code']], [409, 'auth.email_taken'])
  const refused = `select outcome, reason from plinth.audit_events
    where action = 'account.registered' and request_id = $1`
  assert.deepEqual(await accounts.sql(refused, [late.headers.get('x-request-id')]), [
    { outcome: 'failed', reason: 'email_taken' },
  ])
})

test('v5.0.0-V6.3.2 where registration is not open nobody makes an account, and nobody is there to begin with', async () => {
  await using closed = await openAccounts({ 'accounts.registration': 'invitation' })
  const [people] = await closed.sql('select count(*)::int as n from plinth.people')
  assert.deepEqual(people, { n: 0 })
  const answer = await closed
    .at('198.51.100.1')
    .post('/auth/register', { ...who, email: 'a@example.com' })
  assert.deepEqual([answer.status, answer.body['code']], [403, 'auth.registration_closed'])
})
