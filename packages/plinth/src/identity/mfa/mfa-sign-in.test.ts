import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newToken } from '../../kernel/index.ts'
import type { Answer, Person } from '../../testing/person.ts'
import { createPerson } from '../../testing/person.ts'
import { startSecondProcess } from '../../testing/second-process.ts'
import type { TestAccount } from '../account/accounts.fixture.ts'
import { CHEAP } from '../account/accounts.fixture.ts'
import type { MfaWorld, WithApp } from './mfa.fixture.ts'
import { openMfa, otherThan } from './mfa.fixture.ts'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa()
})
after(() => mfa[Symbol.asyncDispose]())

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated']
const finish = (browser: Person, token: string, code: string, more: object = {}): Promise<Answer> =>
  browser.post('/auth/web/mfa', { mfa_token: token, code, ...more })
const isRefused = ({ status, body }: Answer, detail: string, code: number = 401) => {
  assert.deepEqual([status, body['detail']], [code, detail])
}
const CODE = 'Invalid MFA code'
const TOKEN = 'Invalid MFA token'
const LOCKED = /^Too many wrong codes/

/** Signs in with both factors, in a browser of its own. */
async function signInWith({ who, secret }: WithApp, steps = 0) {
  const { browser, token } = await mfa.logIn(who)
  return { browser, token, done: await finish(browser, token, mfa.codeOf(secret, steps)) }
}

async function audit(who: TestAccount, action: string) {
  return mfa.sql<{ outcome: string; reason: string | null; data: Record<string, unknown> }>(
    `select outcome, reason, data from plinth.audit_events
      where action = $2 and (target_id = $1 or actor_id::text = $1) order by occurred_at, id`,
    [who.person, action],
  )
}

test('MF-11 MF-14 a password alone gives no session to whoever has a factor; the code of the app does', async () => {
  const { who, secret } = await mfa.withApp()
  const { browser, answer, token } = await mfa.logIn(who)
  assert.equal(answer.status, 200)
  assert.equal(answer.body['mfa_required'], true)
  assert.deepEqual(answer.body['mfa_methods'], ['totp', 'recovery'])
  assert.equal(browser.cookies.has('user_session_id'), false)
  for (const path of ['/auth/mfa', '/auth/me', '/auth/sessions', '/auth/mfa?mfa=false']) {
    assert.equal((await browser.get(path)).status, 401, path)
  }
  const done = await finish(browser, token, mfa.codeOf(secret))
  assert.equal(done.status, 200, JSON.stringify(done.body))
  assert.deepEqual([done.body['mfa_required'], done.body['return_to']], [false, '/'])
  assert.equal(await isSignedIn(browser), true)
  const [row] = await mfa.sql(
    `select amr, acr, kind from plinth.sessions where person_id = $1 order by created_at desc limit 1`,
    [who.person],
  )
  assert.deepEqual(row, { amr: ['pwd', 'otp'], acr: 'aal2', kind: 'browser' })
  const proved = await audit(who, 'mfa.proved')
  assert.deepEqual(proved.at(-1), {
    outcome: 'success',
    reason: null,
    data: { amr: 'otp', use: 'sign_in' },
  })
})

test('MF-01 MF-04 v5.0.0-V6.5.1 a code works once in its step, and none of an older step after it', async () => {
  const app = await mfa.withApp()
  const code = mfa.codeOf(app.secret)
  assert.equal((await signInWith(app)).done.status, 200)
  const { browser, token } = await mfa.logIn(app.who)
  isRefused(await finish(browser, token, code), CODE)
  isRefused(await finish(browser, token, mfa.codeOf(app.secret, -1)), CODE)
  mfa.pass(1)
  isRefused(await finish(browser, token, code), CODE)
  assert.equal((await finish(browser, token, mfa.codeOf(app.secret))).status, 200)
})

test('MF-06 a used code stays used in another process: the mark is in the database', async () => {
  const app = await mfa.withApp()
  const code = mfa.codeOf(app.secret)
  assert.equal((await signInWith(app)).done.status, 200)
  await using second = await startSecondProcess(mfa.world, [], {
    'accounts.password.argon2_memory_kib': CHEAP.memoryCost,
    'accounts.password.argon2_passes': CHEAP.timeCost,
    'tenancy.mode': 'personal',
  })
  const there = createPerson({ url: second.url, origin: mfa.world.service.config.app.base_url })
  const { token } = await mfa.logIn(app.who, there)
  isRefused(await finish(there, token, code), CODE)
  mfa.pass(1)
  assert.equal((await finish(there, token, mfa.codeOf(app.secret))).status, 200)
})

test('MF-07 MF-09 v5.0.0-V6.6.3 five wrong codes end a sign-in, and fifty at once are counted exactly', async () => {
  const app = await mfa.withApp()
  const { browser, token } = await mfa.logIn(app.who)
  const wrong = otherThan(mfa.codeOf(app.secret))
  const done = await Promise.all(Array.from({ length: 50 }, () => finish(browser, token, wrong)))
  const seen = done.map(({ body }) => String(body['detail']))
  assert.ok(seen.filter((detail) => detail === CODE).length <= 5, JSON.stringify(seen))
  const [row] = await mfa.sql<{ tries: number }>(
    'select tries from plinth.mfa_challenges where person_id = $1 order by created_at desc limit 1',
    [app.who.person],
  )
  assert.equal(row?.tries, 5)
  isRefused(await finish(browser, token, mfa.codeOf(app.secret)), TOKEN)
})

test('MF-07 MF-08 MF-10 v5.0.0-V6.3.1 the count of a person goes on over challenges, and locks; sessions live on', async () => {
  const app = await mfa.withApp()
  const at = mfa.browser()
  const wrong = otherThan(mfa.codeOf(app.secret))
  const first = await mfa.logIn(app.who, at)
  for (let tries = 0; tries < 3; tries += 1) isRefused(await finish(at, first.token, wrong), CODE)
  // The right password, and a new challenge: neither gives more tries.
  const second = await mfa.logIn(app.who, at)
  for (let tries = 0; tries < 2; tries += 1) isRefused(await finish(at, second.token, wrong), CODE)
  const locked = await finish(at, second.token, mfa.codeOf(app.secret))
  assert.equal(locked.status, 429)
  assert.match(String(locked.body['detail']), LOCKED)
  assert.ok(Number(locked.headers.get('retry-after')) > 0)
  // Another way to prove it is counted the same.
  const third = await mfa.logIn(app.who, at)
  assert.equal((await finish(at, third.token, app.recoveryCodes[0] ?? '')).status, 429)
  assert.equal(await isSignedIn(app.browser), true)
  // Elsewhere the person is not shut out, and after a while not here either.
  assert.equal((await signInWith(app)).done.status, 200)
  mfa.world.clock.advance(16 * 60_000)
  const later = await mfa.logIn(app.who, at)
  assert.equal((await finish(at, later.token, mfa.codeOf(app.secret))).status, 200)
  const reasons = (await audit(app.who, 'mfa.proved')).map(({ reason }) => reason)
  assert.ok(reasons.includes('locked') && reasons.includes('wrong_code'))
})

test('MF-12 MF-49 the token of a waiting sign-in is good for nothing else, and nothing else for it', async () => {
  const app = await mfa.withApp()
  const { browser, token } = await mfa.logIn(app.who)
  const verify = await mfa.browser().post('/auth/verify-email', { token })
  assert.ok(verify.status >= 400, String(verify.status))
  const session = app.browser.cookies.get('user_session_id') ?? ''
  const others = [session, app.recoveryCodes[0] ?? '', app.method, newToken(), '']
  for (const other of others) isRefused(await finish(browser, other, mfa.codeOf(app.secret)), TOKEN)
  const bearer = { authorization: `Bearer ${token}` }
  assert.equal((await mfa.browser().get('/auth/me', bearer)).status, 401)
  assert.equal((await mfa.browser().get('/auth/me', { 'x-api-key': token })).status, 401)
  const cookie = mfa.browser()
  cookie.cookies.set('user_session_id', token)
  assert.equal((await cookie.get('/auth/me')).status, 401)
  const refresh = await mfa.browser().post('/auth/refresh', { refresh_token: token })
  assert.equal(refresh.status, 401)
  const reset = await mfa
    .browser()
    .post('/auth/password-reset', { token, new_password: 'quite some new words' })
  assert.ok(reset.status >= 400, String(reset.status))
  assert.equal((await finish(browser, token, mfa.codeOf(app.secret))).status, 200)
})

test('MF-13 MF-14 a token works once, in time, in its browser, for its kind of client', async () => {
  const app = await mfa.withApp()
  const { done, token, browser } = await signInWith(app)
  assert.equal(done.status, 200)
  mfa.pass(1)
  isRefused(await finish(browser, token, mfa.codeOf(app.secret)), TOKEN)

  const late = await mfa.logIn(app.who)
  mfa.world.clock.advance(301_000)
  isRefused(await finish(late.browser, late.token, mfa.codeOf(app.secret)), TOKEN)

  const here = await mfa.logIn(app.who)
  const elsewhere = { 'user-agent': 'Mozilla/5.0 (Macintosh) Firefox/140.0' }
  const body = { mfa_token: here.token, code: mfa.codeOf(app.secret) }
  isRefused(await here.browser.post('/auth/web/mfa', body, elsewhere), TOKEN)
  isRefused(await here.browser.post('/auth/mfa/verify', body), TOKEN)
  isRefused(await finish(here.browser, `${here.token.slice(0, -1)}_`, body.code), TOKEN)
  assert.equal((await finish(here.browser, here.token, body.code)).status, 200)
})

test('MF-13 a sign-in that waits, finished at once with several codes that are all right, gives one session', async () => {
  const app = await mfa.withApp()
  const { browser, token } = await mfa.logIn(app.who)
  const codes = app.recoveryCodes.slice(0, 5)
  // With connections open, so that all of them are at it together.
  await Promise.all(Array.from({ length: 12 }, () => app.browser.get('/auth/mfa')))
  const done = await Promise.all(codes.map((code) => finish(browser, token, code)))
  const statuses = done.map(({ status }) => status).toSorted()
  assert.deepEqual(statuses, [200, 401, 401, 401, 401])
  // What did not open it is not used up.
  const list = await app.browser.get('/auth/mfa')
  assert.equal(list.body['recovery_codes_left'], 9)
})

test('MF-13 MF-46 a password that was changed meanwhile ends a sign-in that waits', async () => {
  const app = await mfa.withApp()
  const { browser, token } = await mfa.logIn(app.who)
  await mfa.sql('update plinth.credentials set version = version + 1 where person_id = $1', [
    app.who.person,
  ])
  isRefused(await finish(browser, token, mfa.codeOf(app.secret)), TOKEN)
})

test('MF-13 a person who is shut out meanwhile does not finish', async () => {
  const app = await mfa.withApp()
  const { browser, token } = await mfa.logIn(app.who)
  await mfa.sql("update plinth.people set status = 'disabled' where id = $1", [app.who.person])
  isRefused(await finish(browser, token, mfa.codeOf(app.secret)), TOKEN)
})

test('MF-14 v5.0.0-V6.6.2 two sign-ins are not mixed: a token finishes its own, the code of another person does not', async () => {
  const [ana, ben] = [await mfa.withApp(), await mfa.withApp()]
  const at = mfa.browser()
  const a = await mfa.logIn(ana.who, at)
  const b = await mfa.logIn(ben.who, at)
  isRefused(await finish(at, a.token, mfa.codeOf(ben.secret)), CODE)
  assert.equal((await finish(at, b.token, mfa.codeOf(ben.secret))).status, 200)
  const me = await at.get('/auth/me')
  assert.equal(me.body['email'], ben.who.email)
})

test('MF-24 MF-26 v5.0.0-V6.5.2 a recovery code is taken in the same field, once, of twenty at once by one', async () => {
  const app = await mfa.withApp()
  const [code = '', next = ''] = app.recoveryCodes
  assert.equal(app.recoveryCodes.length, 10)
  assert.match(code, /^([a-z0-9]{4}-){5}[a-z0-9]{4}$/)
  const many = await Promise.all(Array.from({ length: 20 }, () => mfa.logIn(app.who)))
  const done = await Promise.all(many.map(({ browser, token }) => finish(browser, token, code)))
  assert.equal(done.filter(({ status }) => status === 200).length, 1)
  await mfa.sql('delete from plinth.attempts')
  const { browser, token } = await mfa.logIn(app.who)
  // With the method of the app it is none of its codes.
  isRefused(await finish(browser, token, next, { method_id: app.method }), CODE)
  assert.equal((await finish(browser, token, next.replaceAll('-', '').toUpperCase())).status, 200)
  const list = await browser.get('/auth/mfa')
  assert.equal(list.body['recovery_codes_left'], 8)
  const stored = JSON.stringify(await mfa.sql('select * from plinth.recovery_codes'))
  for (const one of app.recoveryCodes) assert.ok(!stored.includes(one))
  assert.ok((await mfa.mailsWaiting(app.who.email)).includes('account.second_factor_changed'))
})

test('MF-12 a client gets its tokens from POST /auth/mfa/verify, and only there', async () => {
  const app = await mfa.withApp()
  const client = mfa.browser()
  const { email: username, password } = app.who
  const first = await client.post('/auth/login', { username, password })
  assert.deepEqual(
    [first.status, first.body['mfa_required'], first.body['access_token']],
    [200, true, null],
    JSON.stringify(first.body),
  )
  const mfa_token = String(first.body['mfa_token'])
  const code = mfa.codeOf(app.secret)
  isRefused(await client.post('/auth/web/mfa', { mfa_token, code }), TOKEN)
  const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }
  assert.equal((await client.post('/auth/mfa/verify', { mfa_token, code }, cross)).status, 403)
  const done = await client.post('/auth/mfa/verify', { mfa_token, code, refresh_token_in: 'body' })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  assert.equal(done.body['token_type'], 'bearer')
  const bearer = { authorization: `Bearer ${String(done.body['access_token'])}` }
  const me = await mfa.browser().get('/auth/me', bearer)
  assert.deepEqual([me.status, me.body['email']], [200, username])
})

test('a request without a code, with two proofs, or with a field of its own is no proof', async () => {
  const app = await mfa.withApp()
  const { browser, token } = await mfa.logIn(app.who)
  const code = mfa.codeOf(app.secret)
  for (const body of [{}, { code, secret: 'AAAA' }, { code, time: 0 }, { code: 1 }]) {
    const { status } = await browser.post('/auth/web/mfa', { mfa_token: token, ...body })
    assert.equal(status, 422, JSON.stringify(body))
  }
})
