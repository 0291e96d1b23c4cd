import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { provesTwoFactors } from '../../access/index.ts'
import type { Asked, AskedForNew } from '../../testing/authenticator.ts'
import { createAuthenticator } from '../../testing/authenticator.ts'
import type { Person } from '../../testing/person.ts'
import type { TestAccount } from '../account/accounts.fixture.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import type { MfaWorld } from './mfa.fixture.ts'

import { openMfa } from './mfa.fixture.ts'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa({
    'mfa.required_roles': ['platform'],
    'mfa.codes_per_hour': 3,
    'mfa.codes_per_day': 5,
  })
})
after(() => mfa?.[Symbol.asyncDispose]())

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated']
const demandOf = ({ person }: TestAccount) =>
  mfa.sql("insert into plinth.platform_roles (person_id, permissions) values ($1, '{*}')", [person])

test('MF-11 v5.0.0-V7.4.3 a role on the platform that demands a factor counts within a second: live sessions end, cookies and tokens', async () => {
  const who = await mfa.account()
  const { browser } = await mfa.logIn(who)
  const login = { username: who.email, password: who.password, refresh_token_in: 'body' }
  const { body } = await mfa.browser().post('/auth/login', login)
  const bearer = { headers: { authorization: `Bearer ${String(body['access_token'])}` } }
  const byToken = async () => (await fetch(`${mfa.world.url}/auth/me`, bearer)).status
  assert.deepEqual([await isSignedIn(browser), await byToken()], [true, 200])
  await demandOf(who)
  const given = performance.now()
  // Each request says what holds when it is asked: none that is asked a second later may say yes.
  let asked = given
  while ((await isSignedIn(browser)) || (await byToken()) === 200) {
    assert.ok(asked - given < 1_000, 'still signed in after a second')
    asked = performance.now()
  }
  const { answer } = await mfa.logIn(who)
  assert.equal(answer.body['mfa_enrolment_required'], true)
})

/** Sets an app up within a sign-in that waits for it. */
async function prepare(browser: Person, token: string) {
  const prepared = await browser.post('/auth/mfa/enrolment', { mfa_token: token, kind: 'totp' })
  return {
    status: prepared.status,
    confirm: () =>
      browser.post('/auth/web/mfa', {
        mfa_token: token,
        method_id: prepared.body['method_id'],
        code: mfa.codeOf(String(prepared.body['secret'])),
      }),
  }
}

test('MF-14 MF-16 whoever began to set a factor up cannot end it once the person has one of their own', async () => {
  const who = await mfa.account()
  await demandOf(who)
  const [thief, own] = [await mfa.logIn(who), await mfa.logIn(who)]
  assert.equal(thief.answer.body['mfa_enrolment_required'], true)
  const sms = { mfa_token: thief.token, kind: 'sms', phone: '+4915112345670' }
  const begun = await thief.browser.post('/auth/mfa/enrolment', sms)
  assert.equal(begun.status, 200, JSON.stringify(begun.body))
  const code = await mfa.lastCode(sms.phone)
  assert.equal((await (await prepare(own.browser, own.token)).confirm()).status, 200)

  const refused = await thief.browser.post('/auth/web/mfa', {
    mfa_token: thief.token,
    method_id: begun.body['method_id'],
    code,
  })
  assert.deepEqual([refused.status, refused.body['detail']], [401, 'Invalid MFA token'])
  assert.equal(await isSignedIn(thief.browser), false)
  assert.equal((await prepare(thief.browser, thief.token)).status, 401)
  const kinds = await mfa.sql(
    'select kind from plinth.mfa_methods where person_id = $1 and confirmed_at is not null',
    [who.person],
  )
  assert.deepEqual(kinds, [{ kind: 'totp' }])
})

/** A browser that is signed in by a password because it was remembered. */
async function remembered() {
  const app = await mfa.withApp()
  const { browser, token } = await mfa.logIn(app.who)
  const code = mfa.codeOf(app.secret)
  const done = await browser.post('/auth/web/mfa', {
    mfa_token: token,
    code,
    remember_device: true,
  })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  await browser.post('/auth/web/logout')
  assert.equal((await mfa.logIn(app.who, browser)).answer.body['mfa_required'], false)
  return { ...app, browser }
}

const isRemembered = async (browser: Person, who: TestAccount) => {
  await browser.post('/auth/web/logout')
  return (await mfa.logIn(who, browser)).answer.body['mfa_required'] === false
}

test('MF-33 v5.0.0-V7.4.3 who signs out everywhere else is remembered here alone, and no sign-in waits any more', async () => {
  const here = await remembered()
  const there = await mfa.logIn(here.who)
  const proof = { mfa_token: there.token, code: mfa.codeOf(here.secret, 1), remember_device: true }
  assert.equal((await there.browser.post('/auth/web/mfa', proof)).status, 200)
  assert.equal(await isRemembered(there.browser, here.who), true)
  const waiting = await mfa.logIn(here.who)
  assert.equal((await here.browser.delete('/auth/sessions')).status, 200)
  const late = { mfa_token: waiting.token, code: here.recoveryCodes[0] }
  const refused = await waiting.browser.post('/auth/web/mfa', late)
  assert.deepEqual([refused.status, refused.body['detail']], [401, 'Invalid MFA token'])
  assert.equal(await isRemembered(there.browser, here.who), false)
  assert.equal(await isRemembered(here.browser, here.who), true)
})

test('MF-33 v5.0.0-V7.4.5 whom an administrator signs out, or everybody, shows all proofs again', async () => {
  const admin = await mfa.withApp()
  await demandOf(admin.who)
  const { browser } = await mfa.logIn(admin.who)
  const code = mfa.codeOf(admin.secret, 1)
  assert.equal((await browser.post('/auth/web/mfa', { code })).status, 200)
  for (const path of ['people/:id/sessions', 'sessions']) {
    const [one, other] = [await remembered(), await remembered()]
    const waiting = await mfa.logIn(one.who)
    const all = path.replace(':id', one.who.person)
    const answer = await browser.delete(`/api/v1/platform/${all}`)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    const late = { mfa_token: waiting.token, code: one.recoveryCodes[0] }
    assert.equal((await waiting.browser.post('/auth/web/mfa', late)).status, 401)
    assert.equal(await isRemembered(one.browser, one.who), false)
    assert.equal(await isRemembered(other.browser, other.who), path !== 'sessions')
  }
})

test('MF-33 v5.0.0-V7.4.2 whoever was deactivated and is let in again shows all proofs, in a remembered browser too', async () => {
  const { browser, who } = await remembered()
  await browser.post('/auth/web/logout')
  const set = (status: string) =>
    mfa.sql('update plinth.people set status = $2 where id = $1', [who.person, status])
  await set('disabled')
  assert.equal((await mfa.logIn(who, browser)).answer.status, 401)
  await set('active')
  assert.equal((await mfa.logIn(who, browser)).answer.body['mfa_required'], true)
})

test('MF-19 v5.0.0-V7.5.1 an address is not changed, nor a first password set, by whom the browser alone spared the factor', async () => {
  const { browser, who } = await remembered()
  const change = { email: `new.${who.email}` }
  const refused = await browser.post('/auth/email-change', change)
  assert.deepEqual([refused.status, refused.body['code']], [401, 'mfa.step_up_needed'])
  // What a provider vouches for may be two factors: an account of another is as good as one.
  const link = await browser.post('/auth/identities', { provider: 'keycloak' })
  assert.deepEqual([link.status, link.body['code']], [401, 'mfa.step_up_needed'])
  await mfa.sql('delete from plinth.credentials where person_id = $1', [who.person])
  const first = await browser.post('/auth/password-change', { new_password: 'boats sail at dawn' })
  assert.deepEqual([first.status, first.body['code']], [401, 'mfa.step_up_needed'])
})

test('a code that a waiting sign-in asked for finishes it, also in a browser that is signed in still', async () => {
  const app = await mfa.withApp()
  await app.browser.post('/auth/mfa/setup', { kind: 'email' })
  await mfa.sql(
    `update plinth.mfa_methods set confirmed_at = now(), expires_at = null
      where person_id = $1 and kind = 'email'`,
    [app.who.person],
  )
  await mfa.lastCode(app.who.email)
  const { answer } = await mfa.logIn(app.who, app.browser)
  assert.equal(answer.body['mfa_required'], true)
  const shown = await app.browser.post('/auth/mfa/challenge', {})
  const methods = shown.body['methods'] as { kind: string; id: string }[]
  const method_id = methods.find(({ kind }) => kind === 'email')?.id
  const sent = await app.browser.post('/auth/mfa/codes', { method_id, for: 'sign_in' })
  assert.equal(sent.status, 202, JSON.stringify(sent.body))
  const code = await mfa.lastCode(app.who.email)
  const done = await app.browser.post('/auth/web/mfa', { code })
  assert.equal(done.status, 200, JSON.stringify(done.body))
})

test('MF-23 a provider and a password are what somebody signs in with, and make one factor', async () => {
  assert.equal(provesTwoFactors(['fed', 'pwd']), false)
  const who = await mfa.account()
  const { browser } = await mfa.logIn(who)
  await mfa.sql("update plinth.sessions set amr = '{fed,pwd}' where person_id = $1", [who.person])
  const [row] = await mfa.sql<{ tenant: string }>(
    'select tenant_id as tenant from plinth.sessions where person_id = $1',
    [who.person],
  )
  const end = { now: new Date(mfa.world.clock.now()).toISOString(), reason: 'revoked' } as const
  const ended = await mfa.world.database.platform.transaction((tx) =>
    endSessions(tx, { withoutFactorIn: row?.tenant ?? '' }, end),
  )
  assert.equal(ended, 1)
  assert.equal(await isSignedIn(browser), false)
})

/** Asks for the first passkey within a sign-in that waits for it. */
async function passkeyFor(browser: Person, token: string) {
  const path = '/auth/mfa/enrolment/passkey-options'
  const asked = await browser.post<AskedForNew>(path, { mfa_token: token })
  assert.equal(asked.status, 200, JSON.stringify(asked.body))
  const device = createAuthenticator({ origin: mfa.world.service.config.app.base_url })
  return { device, made: { mfa_token: token, new_passkey: device.create(asked.body) } }
}

const passkeysOf = ({ person }: TestAccount) =>
  mfa.sql<{ name: string }>('select name from plinth.passkeys where person_id = $1', [person])

test('MF-11 D13 whoever must set a factor up may make it a passkey, and is in with it', async () => {
  const who = await mfa.account()
  await demandOf(who)
  const { browser, token, answer } = await mfa.logIn(who)
  assert.equal((answer.body['mfa_methods'] as string[])[0], 'passkey')
  const { device, made } = await passkeyFor(browser, token)
  const done = await browser.post('/auth/web/mfa', made)
  assert.equal(done.status, 200, JSON.stringify(done.body))
  assert.equal((done.body['recovery_codes'] as string[]).length, 10)
  assert.equal(await isSignedIn(browser), true)
  assert.deepEqual(await passkeysOf(who), [{ name: 'Chrome on Linux' }])
  const [row] = await mfa.sql('select amr, acr from plinth.sessions where person_id = $1', [
    who.person,
  ])
  assert.deepEqual(row, { amr: ['pwd', 'hwk'], acr: 'aal2' })
  // From now on it is asked for, by the sign-in of a client too.
  const client = await mfa
    .browser()
    .post('/auth/login', { username: who.email, password: who.password })
  const mfa_token = String(client.body['mfa_token'])
  const other = mfa.browser()
  const asked = await other.post<Asked>('/auth/mfa/passkey-options', { mfa_token })
  const passkey = device.get(asked.body)
  assert.equal((await other.post('/auth/mfa/verify', { mfa_token, passkey })).status, 200)
})

test('MF-16 MF-27 a first passkey for another sign-in, one more, or one that comes late is not kept', async () => {
  const who = await mfa.account()
  await demandOf(who)
  const [thief, own] = [await mfa.logIn(who), await mfa.logIn(who)]
  const stolen = await passkeyFor(thief.browser, thief.token)
  const elsewhere = { ...stolen.made, mfa_token: own.token }
  assert.equal((await own.browser.post('/auth/web/mfa', elsewhere)).status, 401)
  const again = await passkeyFor(thief.browser, thief.token)
  assert.equal((await (await prepare(own.browser, own.token)).confirm()).status, 200)
  const refused = await thief.browser.post('/auth/web/mfa', again.made)
  assert.deepEqual([refused.status, refused.body['detail']], [401, 'Invalid MFA token'])
  const late = { mfa_token: thief.token }
  const asked = await thief.browser.post('/auth/mfa/enrolment/passkey-options', late)
  assert.equal(asked.status, 401)
  assert.deepEqual(await passkeysOf(who), [])
  assert.equal(await isSignedIn(thief.browser), false)
})

test('MF-10 MF-21 whoever knows the password uses up the share of strangers, and shuts nobody out where they are known', async () => {
  const phone = '+4915112349999'
  const who = await mfa.account()
  const home = mfa.browser()
  await mfa.logIn(who, home)
  const setUp = await home.post('/auth/mfa/setup', { kind: 'sms', phone })
  const method_id = String(setUp.body['method_id'])
  const code = await mfa.lastCode(phone)
  const confirmed = await home.post('/auth/mfa/confirm', { method_id, code })
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body))
  home.cookies.delete('user_session_id')
  const ask = async (browser: Person) => {
    const { token } = await mfa.logIn(who, browser)
    const sent = await browser.post('/auth/mfa/codes', { mfa_token: token, method_id })
    return sent.status
  }
  const onTo = (ms: number) => mfa.world.clock.advance(ms - (mfa.world.clock.now() % ms) + 1_000)
  const [hour, day] = [3_600_000, 86_400_000]
  onTo(day)
  const strangers: number[] = []
  for (let times = 0; times < 4; times += 1) strangers.push(await ask(mfa.browser()))
  assert.deepEqual(strangers, [202, 202, 202, 429])
  const own = [await ask(home), await ask(home), await ask(home), await ask(home)]
  assert.deepEqual(own, [202, 202, 202, 429])
  onTo(hour)
  assert.deepEqual([await ask(home), await ask(home), await ask(home)], [202, 202, 429])
})
