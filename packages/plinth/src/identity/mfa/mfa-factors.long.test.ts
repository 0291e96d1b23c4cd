import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Answer } from '../../testing/person.ts'
import type { MfaWorld } from './mfa.fixture.ts'
import { addApp, openMfa, otherThan } from './mfa.fixture.ts'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa()
})
after(() => mfa[Symbol.asyncDispose]())

const RECENT_MS = 900_000
const detailOf = ({ status, body }: Answer) => [status, body['detail']]
const CODE = [401, 'Invalid MFA code']
const UNKNOWN = [404, 'MFA method not found']

/** Somebody without a factor, signed in with a password. */
async function newcomer() {
  const who = await mfa.account()
  return { who, ...(await mfa.logIn(who)) }
}

async function actions(person: string): Promise<readonly string[]> {
  const rows = await mfa.sql<{ action: string }>(
    "select action from plinth.audit_events where actor_id = $1 and action like 'mfa.%' order by occurred_at, id",
    [person],
  )
  return rows.map(({ action }) => action)
}

test('MF-15 v5.0.0-V6.3.7 v5.0.0-V7.5.1 a first factor needs a recent sign-in, and brings codes, a notice and audit rows', async () => {
  const { who, browser } = await newcomer()
  const first = await browser.post('/auth/mfa/setup', { person_id: who.person, label: 'My phone' })
  assert.equal(first.status, 200)
  assert.match(
    String(first.body['otpauth_uri']),
    /^otpauth:\/\/totp\/[^?]+\?issuer=.+&secret=[A-Z2-7]{32}&/,
  )
  assert.match(String(first.body['qr_svg']), /^<svg [^>]*>.*<\/svg>$/s)
  assert.equal(first.headers.get('cache-control'), 'no-store')
  const before = browser.cookies.get('user_session_id')
  const [secret, method_id] = [String(first.body['secret']), String(first.body['method_id'])]
  const done = await browser.post('/auth/mfa/confirm', { method_id, code: mfa.codeOf(secret) })
  assert.equal(done.status, 200)
  assert.equal((done.body['recovery_codes'] as string[]).length, 10)
  // What the session may do has changed, so its id did (V7.2.4).
  assert.notEqual(browser.cookies.get('user_session_id'), before)
  const list = await browser.get('/auth/mfa')
  const [method] = list.body['methods'] as Record<string, unknown>[]
  assert.deepEqual([method?.['kind'], method?.['label']], ['totp', 'My phone'])
  assert.ok(!JSON.stringify(list.body).includes(secret))
  assert.deepEqual(await actions(who.person), ['mfa.set_up', 'mfa.enabled'])
  assert.ok((await mfa.mailsWaiting(who.email)).includes('account.second_factor_changed'))

  const late = await newcomer()
  mfa.world.clock.advance(RECENT_MS + 2_000)
  for (const path of ['setup', 'confirm', 'recovery-codes']) {
    const body = path === 'confirm' ? { method_id, code: '123456' } : {}
    const refused = await late.browser.post(`/auth/mfa/${path}`, body)
    assert.equal(refused.body['code'], 'access.insufficient_user_authentication', path)
  }
})

test('MF-15 MF-19 v5.0.0-V6.3.3 with a password alone nobody adds, replaces or removes a factor', async () => {
  const { who, method, secret } = await mfa.withApp()
  // The gate keeps a stolen password out; a browser that is remembered gets in, and no further.
  const { browser, token } = await mfa.logIn(who)
  const body = { mfa_token: token, code: mfa.codeOf(secret), remember_device: true }
  assert.equal((await browser.post('/auth/web/mfa', body)).status, 200)
  browser.cookies.delete('user_session_id')
  const again = await mfa.logIn(who, browser)
  assert.equal(again.answer.body['mfa_required'], false, JSON.stringify(again.answer.body))
  for (const refused of [
    await browser.post('/auth/mfa/setup', {}),
    await browser.post('/auth/mfa/confirm', { method_id: method, code: '123456' }),
    await browser.post('/auth/mfa/recovery-codes'),
    await browser.delete(`/auth/mfa/${method}`),
    await browser.post('/auth/web/step-up', { password: who.password }),
  ]) {
    assert.deepEqual([refused.status, refused.body['code']], [401, 'mfa.step_up_needed'])
    assert.match(JSON.stringify(refused.body['details']), /\/auth\/web\/step-up/)
  }
  mfa.pass(1)
  const raised = await browser.post('/auth/web/step-up', { code: mfa.codeOf(secret) })
  assert.equal(raised.status, 200, JSON.stringify(raised.body))
  assert.equal((await browser.post('/auth/mfa/recovery-codes')).status, 200)
})

test('MF-16 a set-up is confirmed by its own person, with its own secret, and the newest only', async () => {
  const [ana, ben] = [await newcomer(), await newcomer()]
  const bens = await ben.browser.post('/auth/mfa/setup', {})
  const method_id = bens.body['method_id']
  const code = mfa.codeOf(String(bens.body['secret']))
  assert.deepEqual(
    detailOf(await ana.browser.post('/auth/mfa/confirm', { method_id, code })),
    UNKNOWN,
  )
  const own = await ana.browser.post('/auth/mfa/setup', { person_id: ben.who.person })
  assert.equal(own.status, 403)

  const first = await ana.browser.post('/auth/mfa/setup', {})
  const second = await ana.browser.post('/auth/mfa/setup', {})
  const confirm = (one: Answer, secret: Answer, more: object = {}) =>
    ana.browser.post('/auth/mfa/confirm', {
      method_id: one.body['method_id'],
      code: mfa.codeOf(String(secret.body['secret'])),
      ...more,
    })
  assert.deepEqual(detailOf(await confirm(first, first)), UNKNOWN)
  assert.deepEqual(detailOf(await confirm(second, first)), CODE)
  assert.equal((await confirm(second, second, { secret: 'JBSWY3DPEHPK3PXP' })).status, 422)
  assert.equal((await confirm(second, second)).status, 200)
  assert.deepEqual(detailOf(await confirm(second, second)), UNKNOWN)
})

test('MF-17 what was not confirmed counts for nothing, is shown once, and goes', async () => {
  const { who, browser } = await newcomer()
  const setUp = await browser.post('/auth/mfa/setup', {})
  const secret = String(setUp.body['secret'])
  assert.equal((await mfa.logIn(who)).answer.body['mfa_required'], false)
  assert.deepEqual((await browser.get('/auth/mfa')).body['methods'], [])
  assert.ok(!mfa.world.logged.join('\n').includes(secret))
  const stored = JSON.stringify(await mfa.sql('select * from plinth.mfa_methods'))
  assert.ok(!stored.includes(secret))
  assert.doesNotMatch(String(setUp.body['otpauth_uri']), /^https?:/)
  mfa.world.clock.advance(RECENT_MS + 2_000)
  await mfa.logIn(who, browser)
  const body = { method_id: setUp.body['method_id'], code: mfa.codeOf(secret) }
  assert.deepEqual(detailOf(await browser.post('/auth/mfa/confirm', body)), UNKNOWN)
})

test('MF-18 a secret that was moved to another person or row opens nothing', async () => {
  const [ana, ben] = [await mfa.withApp(), await mfa.withApp()]
  const [kept] = await mfa.sql<{ sealed: Buffer; id: string }>(
    'select secret_sealed as sealed, key_id as id from plinth.mfa_methods where id = $1',
    [ana.method],
  )
  assert.match(kept?.id ?? '', /^[\w-]{8}$/)
  await mfa.sql('update plinth.mfa_methods set secret_sealed = $2 where id = $1', [
    ben.method,
    kept?.sealed,
  ])
  const { browser, token } = await mfa.logIn(ben.who)
  const code = mfa.codeOf(ana.secret)
  assert.deepEqual(detailOf(await browser.post('/auth/web/mfa', { mfa_token: token, code })), CODE)
})

test('MF-19 v5.0.0-V6.5.6 v5.0.0-V7.4.3 removing a factor ends other sessions and remembered browsers, with notice and audit', async () => {
  const app = await mfa.withApp()
  const other = await mfa.logIn(app.who)
  const code = mfa.codeOf(app.secret)
  const signIn = { mfa_token: other.token, code, remember_device: true }
  assert.equal((await other.browser.post('/auth/web/mfa', signIn)).status, 200)
  const list = await app.browser.get('/auth/mfa')
  assert.equal((list.body['remembered_devices'] as unknown[]).length, 1)
  const gone = await app.browser.delete(`/auth/mfa/${app.method}`)
  assert.deepEqual([gone.status, gone.body['revoked_count']], [200, 1])
  assert.equal((await other.browser.get('/auth/web/me')).body['authenticated'], false)
  assert.equal((await app.browser.get('/auth/web/me')).body['authenticated'], true)
  const after = await app.browser.get('/auth/mfa')
  assert.deepEqual(
    [after.body['methods'], after.body['recovery_codes_left'], after.body['remembered_devices']],
    [[], 0, []],
  )
  // Gone at once: its codes, and those that recovered it, open nothing.
  assert.equal((await mfa.logIn(app.who)).answer.body['mfa_required'], false)
  assert.ok((await actions(app.who.person)).includes('mfa.removed'))
  assert.ok((await mfa.mailsWaiting(app.who.email)).length >= 2)
  assert.deepEqual(detailOf(await app.browser.delete(`/auth/mfa/${app.method}`)), UNKNOWN)
})

test('MF-19 a factor of another person cannot be removed', async () => {
  const [ana, ben] = [await mfa.withApp(), await mfa.withApp()]
  assert.deepEqual(detailOf(await ben.browser.delete(`/auth/mfa/${ana.method}`)), UNKNOWN)
  assert.equal((await mfa.logIn(ana.who)).answer.body['mfa_required'], true)
})

test('one method of a kind: a second one is refused, or takes its place', async () => {
  const app = await mfa.withApp()
  const next = await app.browser.post('/auth/mfa/setup', {})
  const method_id = next.body['method_id']
  const secret = String(next.body['secret'])
  const taken = await app.browser.post('/auth/mfa/confirm', { method_id, code: mfa.codeOf(secret) })
  assert.deepEqual(detailOf(taken), [409, 'Primary MFA method already exists for this user'])
  const body = { method_id, code: mfa.codeOf(secret), replaces: app.method }
  const done = await app.browser.post('/auth/mfa/confirm', body)
  assert.equal(done.status, 200, JSON.stringify(done.body))
  assert.equal(done.body['recovery_codes'], undefined)
  const { methods } = (await app.browser.get('/auth/mfa')).body as { methods: { id: string }[] }
  assert.deepEqual(
    methods.map(({ id }) => id),
    [method_id],
  )
})

test('MF-25 new recovery codes void the old ones; how many are left is shown, what they are never', async () => {
  const app = await mfa.withApp()
  const renewed = await app.browser.post('/auth/mfa/recovery-codes')
  const fresh = renewed.body['recovery_codes'] as string[]
  assert.equal(new Set([...fresh, ...app.recoveryCodes]).size, 20)
  const { body } = await app.browser.get('/auth/mfa')
  assert.equal(body['recovery_codes_left'], 10)
  assert.ok(!JSON.stringify(body).includes(fresh[0] ?? ''))
  const { browser, token } = await mfa.logIn(app.who)
  const use = (code: string | undefined) =>
    browser.post('/auth/web/mfa', { mfa_token: token, code })
  assert.deepEqual(detailOf(await use(app.recoveryCodes[0])), CODE)
  assert.equal((await use(fresh[0])).status, 200)
  const { who } = await newcomer()
  const { browser: plain } = await mfa.logIn(who)
  assert.deepEqual(detailOf(await plain.post('/auth/mfa/recovery-codes')), UNKNOWN)
})

test('MF-08 v5.0.0-V6.6.3 wrong codes at the set-up count with all others', async () => {
  const { browser } = await newcomer()
  const setUp = await browser.post('/auth/mfa/setup', {})
  const method_id = setUp.body['method_id']
  const right = mfa.codeOf(String(setUp.body['secret']))
  for (let tries = 0; tries < 5; tries += 1) {
    const body = { method_id, code: otherThan(right) }
    assert.deepEqual(detailOf(await browser.post('/auth/mfa/confirm', body)), CODE)
  }
  assert.equal((await browser.post('/auth/mfa/confirm', { method_id, code: right })).status, 429)
})

test('v5.0.0-V6.5.8 what a client says of the time counts for nothing', async () => {
  const app = await mfa.withApp()
  const { browser, token } = await mfa.logIn(app.who)
  const code = mfa.codeOf(app.secret, 20)
  const date = new Date(mfa.world.clock.now() + 600_000).toUTCString()
  const body = { mfa_token: token, code }
  assert.deepEqual(detailOf(await browser.post('/auth/web/mfa', body, { date })), CODE)
})

test('AK-27 factors are a person’s own affair: a client with tokens may, once its sign-in is recent', async () => {
  const who = await mfa.account()
  const client = mfa.browser()
  const { email: username, password } = who
  const signedIn = await client.post('/auth/login', { username, password })
  const bearer = { authorization: `Bearer ${String(signedIn.body['access_token'])}` }
  const nobody = mfa.browser()
  const holder = {
    ...nobody,
    post: (path: string, body?: object) => nobody.post(path, body, bearer),
  } as typeof nobody
  const { method } = await addApp(holder, mfa.codeOf)
  const [row] = await mfa.sql('select amr, acr from plinth.sessions where person_id = $1', [
    who.person,
  ])
  assert.deepEqual(row, { amr: ['pwd', 'otp'], acr: 'aal2' })
  assert.equal((await nobody.delete(`/auth/mfa/${method}`, bearer)).status, 200)
})
