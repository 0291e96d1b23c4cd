import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { AccountWorld } from './accounts.fixture.ts'
import { GOOD, sharedAccounts } from './accounts.fixture.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await sharedAccounts()
})

const LOGIN = '/auth/web/login'
const MINUTE = 60_000
const EVIL = '203.0.113.66'
const HOME = '198.51.100.1'

const login = async (address: string, username: string, password = GOOD) =>
  (await accounts.at(address).post(LOGIN, { username, password })).status

const lastSignIn = async () =>
  (
    await accounts.sql(
      `select outcome, reason, target_id, client_address from plinth.audit_events
        where action = 'auth.sign_in' order by id desc limit 1`,
    )
  )[0]

test('D22 a password gives a browser the session that a provider gives', async () => {
  const { email, person } = await accounts.account({ username: 'ana' })
  const ana = accounts.at(HOME)
  const answer = await ana.post(LOGIN, { username: email, password: GOOD, return_to: '/stock' })
  assert.equal(answer.status, 200)
  assert.deepEqual(
    { ...answer.body, csrf_token: '' },
    {
      message: 'Signed in',
      mfa_required: false,
      mfa_token: null,
      mfa_methods: [],
      mfa_enrolment_required: false,
      csrf_token: '',
      return_to: '/stock',
    },
  )
  const me = await ana.get('/auth/web/me')
  assert.equal(me.body['authenticated'], true)
  assert.equal(me.body['csrf_token'], answer.body['csrf_token'])
  const cookie = ana.cookies.get('user_session_id') ?? 'none'
  assert.equal(JSON.stringify(answer.body).includes(cookie), false)
  const [session] = await accounts.sql(
    'select kind, provider, amr, acr from plinth.sessions where person_id = $1',
    [person],
  )
  assert.deepEqual(session, { kind: 'browser', provider: 'local', amr: ['pwd'], acr: 'aal1' })
  assert.equal(await login(HOME, 'ANA'), 200)
  assert.equal((await lastSignIn())?.['outcome'], 'success')
})

test('SB-15 a sign-in with a password ends the session that the browser brought, and never returns off the site', async () => {
  const ana = await accounts.account()
  const browser = accounts.at(HOME)
  const body = { username: ana.email, password: GOOD, return_to: 'https://evil.test/' }
  await browser.post(LOGIN, body)
  const before = browser.cookies.get('user_session_id') ?? ''
  const again = await browser.post(LOGIN, body)
  assert.equal(again.body['return_to'], '/')
  const thief = accounts.at(HOME)
  thief.cookies.set('user_session_id', before)
  assert.equal((await thief.get('/auth/web/me')).body['authenticated'], false)
})

test('a page of another site cannot sign a browser in', async () => {
  const { email: username } = await accounts.account()
  const body = { username, password: GOOD }
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }
  assert.equal((await accounts.at(HOME).post(LOGIN, body, headers)).status, 403)
  const form = await fetch(`${accounts.world.url}${LOGIN}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(body),
  })
  assert.equal(form.status, 415)
})

/** All that an answer says, but for what is of one request only. */
async function seen(username: string, password: string) {
  const answer = await accounts.at('192.0.2.1').post(LOGIN, { username, password })
  const { request_id: _, ...body } = answer.body
  const headers = [...answer.headers.keys()].filter((name) => !/^ratelimit|^date$/.test(name))
  return { status: answer.status, body, headers }
}

test('MF-35 v5.0.0-V6.3.8 the same answer for nobody, a wrong password, somebody disabled, locked, or without a password', async () => {
  const wrong = 'not the password'
  const [known, off, locked, sso] = [
    await accounts.account(),
    await accounts.account({ status: 'disabled' }),
    await accounts.account(),
    await accounts.account(),
  ]
  await accounts.sql('delete from plinth.credentials where person_id = $1', [sso.person])
  for (let one = 0; one < 5; one += 1) await login('192.0.2.1', locked.email, wrong)
  const nobody = await seen('nobody@example.com', wrong)
  assert.equal(nobody.status, 401)
  assert.equal(nobody.body['detail'], 'Invalid credentials')
  const answers = [
    await seen(known.email, wrong),
    await seen(off.email, GOOD),
    await seen(locked.email, GOOD),
    await seen(sso.email, wrong),
    await seen('not a name at all\u200b', wrong),
  ]
  for (const answer of answers) assert.deepEqual(answer, nobody)
})

test('MF-35 as many hashes and statements for nobody as for somebody', async () => {
  const { email } = await accounts.account()
  const { statistics } = accounts.world.database
  const work = async (username: string) => {
    const before = statistics.roundTrips
    await login('192.0.2.44', username, 'not the password')
    return statistics.roundTrips - before
  }
  await work('warm@example.com')
  assert.equal(await work(email), await work('nobody2@example.com'))
})

test('MF-37 five wrong ones lock this network for a quarter of an hour: the right one is refused alike', async () => {
  const ana = await accounts.account()
  const codes = await Promise.all(
    Array.from({ length: 50 }, () => login(EVIL, ana.email, 'not the password')),
  )
  assert.deepEqual([...new Set(codes)], [401])
  const [counted] = await accounts.sql(
    `select count(*) filter (where reason = 'wrong_password')::int as looked,
            count(*) filter (where reason = 'locked')::int as locked
       from plinth.audit_events where action = 'auth.sign_in' and target_id = $1`,
    [ana.person],
  )
  assert.deepEqual(counted, { looked: 5, locked: 45 })
  assert.equal(await login(EVIL, ana.email), 401)
  assert.equal((await lastSignIn())?.['reason'], 'locked')
  accounts.world.clock.advance(15 * MINUTE + 1_000)
  assert.equal(await login(EVIL, ana.email), 200)
})

test('MF-10 whoever locks an account keeps its owner out of nothing: other networks and known browsers get in, sessions live on', async () => {
  const ana = await accounts.account()
  const browser = accounts.at(EVIL)
  const body = { username: ana.email, password: GOOD }
  assert.equal((await browser.post(LOGIN, body)).status, 200)
  for (let one = 0; one < 6; one += 1) await login(EVIL, ana.email, 'not the password')
  assert.equal(await login(EVIL, ana.email), 401)
  assert.equal(await login('192.0.2.7', ana.email), 200)
  assert.equal((await browser.get('/auth/web/me')).body['authenticated'], true)
  assert.equal((await browser.post(LOGIN, body)).status, 200)
})

test('MF-37 a forged device opens nothing: it is counted like a stranger', async () => {
  const ana = await accounts.account()
  const codes: number[] = []
  for (let one = 0; one < 8; one += 1) {
    const browser = accounts.at(EVIL)
    browser.cookies.set('sign_in_device', `${one}`.repeat(43))
    const body = { username: ana.email, password: one < 6 ? 'not the password' : GOOD }
    codes.push((await browser.post(LOGIN, body)).status)
  }
  assert.deepEqual([...new Set(codes)], [401])
})

const CANONICAL = ['admin', 'ADMIN', ' admin', 'admin\t', 'ａｄｍｉｎ', 'Ａdmin']
const NOBODY = ['аdmin', 'ad\u00admin', 'ad\u200bmin', 'admın', 'ad min', 'admin\0', 'αdmin']

test('MF-38 HI-18 one name has one form: what looks the same and is another is nobody', async () => {
  const { person } = await accounts.account({ username: 'admin' })
  await accounts.account({ username: 'ﬁona.Kelvin' })
  for (const [at, name] of CANONICAL.entries())
    assert.equal(await login(`198.51.100.${at}`, name), 200, name)
  assert.equal(await login(HOME, 'fiona.\u212aelvin'), 200)
  for (const [at, name] of NOBODY.entries()) {
    const status = await login(`198.51.100.${50 + at}`, name)
    assert.ok(status === 401 || status === 400 || status === 422, `${name}: ${status}`)
  }
  await assert.rejects(
    accounts.sql(
      `insert into plinth.sign_in_names (name_key, person_id, kind, name) values ('admin', $1, 'email', 'x')`,
      [person],
    ),
    /duplicate key/,
  )
})

test('MF-40 v5.0.0-V6.2.8 a password is looked at exactly as it was sent: no trim, no case, no normal form, no end at 72 bytes', async () => {
  const long = `${'é'.repeat(36)}x tail`
  const { email } = await accounts.account({ password: ` Grüße ${long} ` })
  const exact = ` Grüße ${long} `
  const others = [
    exact.trim(),
    exact.toLowerCase(),
    exact.normalize('NFD'),
    exact.slice(0, -2),
    `${exact}x`,
    Buffer.from(exact).subarray(0, 72).toString(),
  ]
  for (const [at, other] of others.entries())
    assert.equal(await login(`198.51.100.${60 + at}`, email, other), 401, JSON.stringify(other))
  assert.equal(await login('198.51.100.80', email, exact), 200)
})

test('MF-40 v5.0.0-V6.2.9 1 MB and 4,097 bytes are refused before anything is hashed; 4,096 are looked at', async () => {
  const password = 'ab '.repeat(1_365).padEnd(4_096, 'x')
  const { email } = await accounts.account({ password })
  assert.equal(await login('198.51.100.90', email, password), 200)
  assert.equal(await login('198.51.100.91', email, `${password}y`), 422)
  assert.equal(await login('198.51.100.92', email, 'y'.repeat(1_048_576)), 413)
  const [counted] = await accounts.sql(
    `select count(*)::int as n from plinth.audit_events
      where client_address in ('198.51.100.91', '198.51.100.92') and action = 'auth.sign_in'`,
  )
  assert.deepEqual(counted, { n: 0 })
})

test('contract 5: 428 for a right password that must be changed, 401 for a wrong one', async () => {
  const { email } = await accounts.account({ mustChange: true })
  assert.equal(await login(HOME, email, 'not the password'), 401)
  const answer = await accounts.at(HOME).post(LOGIN, { username: email, password: GOOD })
  assert.deepEqual([answer.status, answer.body['code']], [428, 'PASSWORD_RESET_REQUIRED'])
  assert.equal((await lastSignIn())?.['reason'], 'must_change_password')
})

test('v5.0.0-V6.2.10 nothing makes a password old', async () => {
  const { email } = await accounts.account()
  accounts.world.clock.advance(2 * 365 * 24 * 60 * MINUTE)
  assert.equal(await login(HOME, email), 200)
})

test('v5.0.0-V6.3.5 whoever gets in after five wrong ones is told of them, and of the new device', async () => {
  const { email } = await accounts.account()
  for (let one = 0; one < 5; one += 1) await login(EVIL, email, 'not the password')
  assert.equal(await login('198.51.100.99', email), 200)
  const subjects = (await accounts.mails())
    .filter(({ to }) => to[0] === email)
    .map((mail) => mail.subject)
  assert.deepEqual(subjects.sort(), [
    'New sign-in to your account',
    'Wrong passwords before your sign-in',
  ])
})

test('v5.0.0-V16.2.5 no password and no name that was typed is in a log line or an audit row', async () => {
  const secret = 'canary password of the test'
  const { email } = await accounts.account({ password: secret })
  await login(HOME, email, secret)
  await login(HOME, `${secret}@example.com`, secret)
  await login(HOME, secret, `${secret}!`)
  const rows = await accounts.sql('select * from plinth.audit_events')
  assert.equal(JSON.stringify(rows).includes('canary'), false)
  assert.equal(
    accounts.world.logged.some((line) => line.includes('canary')),
    false,
  )
})
