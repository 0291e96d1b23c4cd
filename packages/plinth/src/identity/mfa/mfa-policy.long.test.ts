import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { inPerson, signedIn } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { NIL_ID, newId } from '../../kernel/index.ts'
import type { Answer, Person } from '../../testing/person.ts'
import type { TestAccount } from '../account/accounts.fixture.ts'
import { isDemanded } from './demand.ts'
import type { MfaWorld } from './mfa.fixture.ts'
import { addApp, openMfa } from './mfa.fixture.ts'
import { sweepFactorsJob } from './sweep-factors.job.ts'

const ok = z.object({ ok: z.boolean() })
const sensitive = feature('sensitive', {
  routes: [
    route('GET /plain', {
      access: signedIn(),
      returns: ok,
      tenant: 'none',
      handle: () => ({ ok: true }),
    }),
    route('POST /wire', {
      access: inPerson(),
      tenant: 'none',
      stepUp: { maxAgeSeconds: 300, acr: ['aal2'] },
      returns: ok,
      handle: () => ({ ok: true }),
    }),
  ],
})

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa({ 'tenancy.mode': 'organisations', 'mfa.required_roles': ['platform'] }, [
    sensitive,
  ])
})
after(() => mfa[Symbol.asyncDispose]())

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated']
const finish = (browser: Person, token: string, code: string, more: object = {}): Promise<Answer> =>
  browser.post('/auth/web/mfa', { mfa_token: token, code, ...more })
const switchTo = (browser: Person, tenant_id: string) =>
  browser.post('/auth/switch-tenant', { tenant: tenant_id })

/** A tenant with members, each in a role. */
async function tenantOf(...members: readonly [TestAccount, string][]): Promise<string> {
  const id = newId<'tenant'>()
  await mfa.sql(
    "insert into plinth.tenants (id, slug, name, kind) values ($1, $2, 'Acme', 'organisation')",
    [id, `t-${id.slice(-12)}`],
  )
  for (const [{ person }, role] of members) {
    await mfa.sql(
      'insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, $3)',
      [id, person, role],
    )
  }
  return id
}

/** Puts somebody in a tenant who owns it and is signed in there with both factors. */
async function ownerOf(...members: readonly [TestAccount, string][]) {
  const owner = await mfa.withApp()
  const tenant = await tenantOf([owner.who, 'owner'], ...members)
  assert.equal((await switchTo(owner.browser, tenant)).status, 200)
  return {
    ...owner,
    tenant,
    rule: (body: object) => owner.browser.put(`/tenants/${tenant}/mfa`, body),
  }
}

test('MF-11 v5.0.0-V6.3.3 v5.0.0-V6.3.4 where a tenant demands a factor nobody is in it without: not those who are, not those who come', async () => {
  const [inside, outside] = [await mfa.account(), await mfa.account()]
  const { rule, tenant } = await ownerOf([inside, 'member'])
  const { browser: was } = await mfa.logIn(inside)
  assert.equal((await switchTo(was, tenant)).status, 200)
  const changed = await rule({ everybody: true, roles: [] })
  assert.deepEqual(
    [changed.status, changed.body['revoked_count']],
    [200, 1],
    JSON.stringify(changed.body),
  )
  assert.equal(await isSignedIn(was), false)

  assert.equal((await mfa.logIn(inside)).answer.body['mfa_enrolment_required'], true)
  const { browser } = await mfa.logIn(outside)
  await mfa.sql(
    "insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'member')",
    [tenant, outside.person],
  )
  const refused = await switchTo(browser, tenant)
  assert.deepEqual([refused.status, refused.body['code']], [403, 'auth.second_factor_needed'])
  assert.equal(await isSignedIn(browser), true, 'the session stays where it was')
  await addApp(browser, mfa.codeOf)
  assert.equal((await switchTo(browser, tenant)).status, 200)
})

test('MF-11 v5.0.0-V6.3.3 nobody without a factor works in such a tenant by naming it, or looks after it', async () => {
  const who = await mfa.account()
  const { browser } = await mfa.logIn(who)
  const { rule, tenant } = await ownerOf([who, 'admin'])
  const named = () => browser.get('/api/v1/people', { 'x-tenant-id': tenant })
  const lookedAfter = () => browser.get(`/tenants/${tenant}/members`)
  const answers = async () =>
    Promise.all(
      [named(), lookedAfter()].map(async (one) => [(await one).status, (await one).body['code']]),
    )
  assert.deepEqual(await answers(), [
    [200, undefined],
    [200, undefined],
  ])
  assert.equal((await rule({ everybody: true, roles: [] })).status, 200)
  const needed = [403, 'auth.second_factor_needed']
  assert.deepEqual(await answers(), [needed, needed])
  assert.equal(await isSignedIn(browser), true)
  await addApp(browser, mfa.codeOf)
  assert.deepEqual(await answers(), [
    [200, undefined],
    [200, undefined],
  ])
})

test('MF-32 the last factor stays where one is demanded, in any tenant of the person', async () => {
  const app = await mfa.withApp()
  await ownerOf([app.who, 'member']).then(({ rule }) => rule({ everybody: true, roles: [] }))
  assert.equal((await app.browser.get('/auth/mfa')).body['required'], true)
  const refused = await app.browser.delete(`/auth/mfa/${app.method}`)
  assert.deepEqual([refused.status, refused.body['code']], [409, 'mfa.last_factor'])
  const { methods } = (await app.browser.get('/auth/mfa')).body as { methods: object[] }
  assert.equal(methods.length, 1)
  const [row] = await mfa.sql(
    "select outcome, reason from plinth.audit_events where action = 'mfa.removed' and target_id = $1",
    [app.who.person],
  )
  assert.deepEqual(row, { outcome: 'denied', reason: 'last_factor' })
})

test('v5.0.0-V6.3.3 a role that demands a factor does so from the moment it is given', async () => {
  const who = await mfa.account()
  const { rule, tenant } = await ownerOf([who, 'member'])
  assert.equal((await rule({ everybody: false, roles: ['Admin'] })).status, 200)
  const { browser } = await mfa.logIn(who)
  assert.equal((await switchTo(browser, tenant)).status, 200)
  await mfa.sql(
    "update plinth.memberships set role = 'admin' where tenant_id = $1 and person_id = $2",
    [tenant, who.person],
  )
  // The session's id changes with its rights, and the gate is asked again.
  assert.equal((await browser.get('/plain')).status, 401)
  assert.equal(await isSignedIn(browser), false)
})

test('a rule is made by whoever has shown a second factor, and by no key', async () => {
  const who = await mfa.account()
  const tenant = await tenantOf([who, 'owner'])
  const { browser } = await mfa.logIn(who)
  assert.equal((await switchTo(browser, tenant)).status, 200)
  const refused = await browser.put(`/tenants/${tenant}/mfa`, { everybody: true, roles: [] })
  assert.deepEqual([refused.status, refused.body['code']], [403, 'mfa.own_factor_first'])
  const read = await browser.get(`/tenants/${tenant}/mfa`)
  assert.deepEqual([read.status, read.body], [200, { everybody: false, roles: [] }])
})

test('MF-11 whoever must set a factor up gets a session by doing so, and only then', async () => {
  const who = await mfa.account()
  await mfa.sql(
    "insert into plinth.platform_roles (person_id, permissions) values ($1, '{platform:*}')",
    [who.person],
  )
  const { browser, answer, token } = await mfa.logIn(who)
  assert.deepEqual(
    [
      answer.body['mfa_required'],
      answer.body['mfa_enrolment_required'],
      answer.body['mfa_methods'],
    ],
    [true, true, ['passkey', 'totp', 'sms', 'email']],
  )
  assert.equal(await isSignedIn(browser), false)
  assert.equal((await finish(browser, token, '123456')).status, 404)
  const shown = await browser.post('/auth/mfa/challenge', { mfa_token: token })
  assert.equal(shown.body['wants'], 'enrolment')
  const setUp = await browser.post('/auth/mfa/enrolment', { mfa_token: token, kind: 'totp' })
  assert.equal(setUp.status, 200, JSON.stringify(setUp.body))
  const [method_id, secret] = [setUp.body['method_id'], String(setUp.body['secret'])]
  // What another sign-in set up is nothing to this one (MF-16).
  const other = await mfa.logIn(who)
  assert.equal(
    (await finish(other.browser, other.token, mfa.codeOf(secret), { method_id })).status,
    404,
  )
  assert.equal(
    (await browser.post('/auth/mfa/confirm', { method_id, code: mfa.codeOf(secret) })).status,
    401,
  )
  const done = await finish(browser, token, mfa.codeOf(secret), { method_id })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  assert.equal((done.body['recovery_codes'] as string[]).length, 10)
  assert.equal(await isSignedIn(browser), true)
  const again = await browser.post('/auth/mfa/enrolment', { mfa_token: token, kind: 'totp' })
  assert.equal(again.status, 401)
})

test('MF-33 SB-34 a remembered browser needs no second factor: its own person, until the password changes or it is forgotten', async () => {
  const [ana, ben] = [await mfa.withApp(), await mfa.withApp()]
  const remember = async ({ who, secret }: typeof ana) => {
    const { browser, token } = await mfa.logIn(who)
    const done = await finish(browser, token, mfa.codeOf(secret), { remember_device: true })
    assert.equal(done.status, 200)
    browser.cookies.delete('user_session_id')
    mfa.pass(1)
    return browser
  }
  const asksAgain = async (who: TestAccount, browser: Person) =>
    (await mfa.logIn(who, browser)).answer.body['mfa_required']
  const forget = (browser: Person) => browser.cookies.delete('user_session_id')

  const browser = await remember(ana)
  assert.equal(await asksAgain(ana.who, browser), false)
  const [row] = await mfa.sql<{ amr: string[]; acr: string }>(
    'select amr, acr from plinth.sessions where person_id = $1 order by created_at desc limit 1',
    [ana.who.person],
  )
  assert.deepEqual(row, { amr: ['pwd', 'remembered'], acr: 'aal1' })
  assert.equal((await browser.post('/wire')).status, 401, 'remembered is not proved')
  assert.equal((await browser.post('/auth/web/refresh')).status, 200)
  forget(browser)
  // Copied to another person, forged, late.
  const cookie = browser.cookies.get('mfa_remembered') ?? ''
  const bens = mfa.browser()
  bens.cookies.set('mfa_remembered', cookie)
  assert.equal(await asksAgain(ben.who, bens), true)
  const forged = mfa.browser()
  forged.cookies.set('mfa_remembered', `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`)
  assert.equal(await asksAgain(ana.who, forged), true)
  const stored = JSON.stringify(await mfa.sql('select * from plinth.remembered_devices'))
  assert.ok(!stored.includes(cookie))

  await mfa.sql('update plinth.credentials set version = version + 1 where person_id = $1', [
    ana.who.person,
  ])
  assert.equal(await asksAgain(ana.who, browser), true)

  const another = await remember(ben)
  assert.equal((await ben.browser.delete('/auth/mfa/devices')).body['forgotten_count'], 1)
  assert.equal(await asksAgain(ben.who, another), true)

  const last = await remember(ben)
  mfa.world.clock.advance(30 * 86_400_000)
  assert.equal(await asksAgain(ben.who, last), true)
})

test('MF-34 v5.0.0-V6.8.4 v5.0.0-V7.5.3 a sensitive route asks again after its time, in JSON, and takes what is strong enough', async () => {
  const app = await mfa.withApp()
  const wire = () => app.browser.post('/wire')
  assert.equal((await wire()).status, 200)
  mfa.world.clock.advance(301_000)
  const stale = await wire()
  assert.deepEqual(
    [stale.status, stale.body['code']],
    [401, 'access.insufficient_user_authentication'],
  )
  assert.match(stale.headers.get('www-authenticate') ?? '', /max_age="300"/)
  const before = app.browser.cookies.get('user_session_id')
  const wrong = await app.browser.post('/auth/web/step-up', { code: '000000' })
  assert.deepEqual([wrong.status, wrong.body['detail']], [401, 'Invalid MFA code'])
  const raised = await app.browser.post('/auth/web/step-up', { code: mfa.codeOf(app.secret) })
  assert.equal(raised.status, 200, JSON.stringify(raised.body))
  assert.notEqual(app.browser.cookies.get('user_session_id'), before)
  assert.equal((await wire()).status, 200)

  const who = await mfa.account()
  const { browser } = await mfa.logIn(who)
  assert.equal((await browser.post('/wire')).status, 401)
  const bad = await browser.post('/auth/web/step-up', { password: 'not that one' })
  assert.deepEqual([bad.status, bad.body['detail']], [401, 'Invalid credentials'])
  assert.equal((await browser.post('/auth/web/step-up', { password: who.password })).status, 200)
  // A password once more is recent, and no second factor.
  assert.equal((await browser.post('/wire')).status, 401)
})

test('v5.0.0-V6.4.4 an administrator resets factors with a second one of their own; it is audited and told', async () => {
  const admin = await mfa.withApp()
  await mfa.sql(
    "insert into plinth.platform_roles (person_id, permissions) values ($1, '{platform:reset_factors}')",
    [admin.who.person],
  )
  const lost = await mfa.withApp()
  const path = `/api/v1/platform/people/${lost.who.person}/mfa-reset`
  const because = 'Called back on the number in the contract'
  const stranger = await mfa.withApp()
  assert.equal((await stranger.browser.post(path, { because })).status, 403)
  // Gaining the role ended the session; without the second factor there is none.
  const { browser, token } = await mfa.logIn(admin.who)
  assert.equal((await browser.post(path, { because })).status, 401)
  assert.equal((await finish(browser, token, mfa.codeOf(admin.secret))).status, 200)
  const waiting = await mfa.logIn(lost.who)
  const done = await browser.post(path, { because })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  assert.deepEqual([done.body['methods'], done.body['revoked_count']], [1, 1])
  assert.equal(await isSignedIn(lost.browser), false)
  assert.equal((await finish(waiting.browser, waiting.token, mfa.codeOf(lost.secret))).status, 401)
  assert.equal((await mfa.logIn(lost.who)).answer.body['mfa_required'], false)
  const [row] = await mfa.sql<{ actor_id: string; data: object }>(
    "select actor_id, data from plinth.audit_events where action = 'mfa.reset' and target_id = $1",
    [lost.who.person],
  )
  assert.equal(row?.actor_id, admin.who.person)
  assert.deepEqual(row?.data, { because, methods: 1, passkeys: 0, sessions: 1 })
  assert.ok((await mfa.mailsWaiting(lost.who.email)).includes('account.second_factor_changed'))
  assert.equal(
    (await browser.post(`/api/v1/platform/people/${newId()}/mfa-reset`, { because })).status,
    404,
  )
  const above = await mfa.withApp()
  await mfa.sql(
    "insert into plinth.platform_roles (person_id, permissions) values ($1, '{platform:*}')",
    [above.who.person],
  )
  const higher = `/api/v1/platform/people/${above.who.person}/mfa-reset`
  assert.equal((await browser.post(higher, { because })).body['code'], 'people.above_you')
  mfa.world.clock.advance(901_000)
  assert.equal((await browser.post(path, { because })).status, 401)
})

test('v5.0.0-V6.3.3 a service can demand a factor of everybody, and of a role wherever it is held', async () => {
  const who = await mfa.account()
  const tenant = (await tenantOf([who, 'admin'])) as Id<'tenant'>
  const { person } = who
  const demanded = (settings: { required: boolean; required_roles: string[] }, at = tenant) =>
    mfa.world.database.platform.transaction((tx) =>
      isDemanded(settings, tx, { person, tenant: at }),
    )
  assert.equal(await demanded({ required: false, required_roles: [] }), false)
  assert.equal(await demanded({ required: true, required_roles: [] }), true)
  assert.equal(await demanded({ required: false, required_roles: ['admin'] }), true)
  assert.equal(await demanded({ required: false, required_roles: ['owner', 'platform'] }), false)
})

test('the sweep takes what can never be used again, and nothing else', async () => {
  const { who, browser } = await mfa.withApp()
  await mfa.logIn(who)
  await browser.post('/auth/mfa/setup', {})
  const { signal } = new AbortController()
  const actor = { kind: 'system', person: null, clientAddress: null, requestId: null } as const
  const log = { info() {}, warn() {}, error() {} }
  const sweep = () =>
    mfa.world.database.platform.transaction((tx) =>
      tx.inTenant(NIL_ID as Id<'tenant'>, (inside) =>
        sweepFactorsJob(mfa.world.clock).spec.handle({ tx: inside, input: {}, actor, log, signal }),
      ),
    )
  const left = async () =>
    (
      await mfa.sql(
        `select (select count(*)::int from plinth.mfa_challenges where person_id = $1) as waiting,
                (select count(*)::int from plinth.mfa_methods where person_id = $1) as methods`,
        [who.person],
      )
    )[0]
  await sweep()
  assert.deepEqual(await left(), { waiting: 1, methods: 2 })
  mfa.world.clock.advance(901_000)
  await sweep()
  assert.deepEqual(await left(), { waiting: 0, methods: 1 })
})
