import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id } from '../../kernel/index.ts'
import { NIL_ID } from '../../kernel/index.ts'
import { forgetAttemptsJob } from '../attempts/forget-attempts.job.ts'
import type { MfaWorld } from '../mfa/mfa.fixture.ts'
import { openMfa } from '../mfa/mfa.fixture.ts'
import { GOOD, openAccounts, tokenIn } from './accounts.fixture.ts'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa()
})
after(async () => {
  await mfa.gateway[Symbol.asyncDispose]()
  await mfa[Symbol.asyncDispose]()
})

const NEXT = 'another day, another word'

test('MF-46 v5.0.0-V6.4.3 a reset skips no second factor, and ends the sign-in that waits for one', async () => {
  const { who, secret } = await mfa.withApp()
  const { browser: waiting, token: pending } = await mfa.logIn(who)
  await mfa.browser().post('/auth/password-reset-request', { email: who.email })
  const sent = (await mfa.mails()).find(
    ({ to, subject }) => to[0] === who.email && subject.startsWith('Set a'),
  )
  const visitor = mfa.browser()
  const body = { token: tokenIn(sent), new_password: NEXT }
  assert.equal((await visitor.post('/auth/password-reset', body)).status, 200)
  assert.equal((await visitor.get('/auth/web/me')).body['authenticated'], false)
  mfa.pass(2)
  const late = await waiting.post('/auth/web/mfa', { mfa_token: pending, code: mfa.codeOf(secret) })
  assert.equal(late.status, 401)
  const { answer } = await mfa.logIn({ ...who, password: NEXT })
  assert.deepEqual([answer.status, answer.body['mfa_required']], [200, true])
  assert.equal(answer.body['csrf_token'], null)
})

test('MF-50 of a sign-in and a change of the password at once no session of the old password stays', async () => {
  for (let round = 0; round < 4; round += 1) {
    const ana = await mfa.account()
    const { browser } = await mfa.logIn(ana)
    await browser.refreshCsrf()
    const logins = Array.from({ length: 3 }, () => mfa.logIn(ana))
    const change = browser.post('/auth/password-change', {
      current_password: GOOD,
      new_password: NEXT,
    })
    const [changed, ...others] = await Promise.all([change, ...logins])
    assert.equal(changed.status, 200)
    for (const { browser: other } of others) {
      const { body } = await other.get('/auth/web/me')
      assert.equal(body['authenticated'], false)
    }
    assert.equal((await browser.get('/auth/web/me')).body['authenticated'], true)
  }
})

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>
}
interface Documents {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { readonly requestBody?: { content: Record<string, { schema: Schema }> } }>
      >
    >
  >
}

test('v5.0.0-V6.4.2 v5.0.0-V6.4.6 nothing asks for hints, and only a person themselves sends a new password', async () => {
  const { body } = await mfa.browser().get<Documents>('/openapi.json')
  const text = JSON.stringify(body)
  assert.equal(/password_?hint|security_?question|secret_?answer/i.test(text), false)
  const columns = await mfa.sql(
    `select column_name from information_schema.columns
      where table_schema = 'plinth' and column_name ~ '(hint|question)'`,
  )
  assert.deepEqual(columns, [])
  const takesPassword = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) =>
      Object.values(requestBody?.content ?? {}).some(({ schema }) =>
        Object.keys(schema.properties ?? {}).some((name) => name.includes('password')),
      )
        ? [`${method.toUpperCase()} ${path}`]
        : [],
    ),
  )
  assert.deepEqual(takesPassword.toSorted(), [
    'POST /auth/invitations/accept',
    'POST /auth/login',
    'POST /auth/password-change',
    'POST /auth/password-reset',
    'POST /auth/register',
    'POST /auth/verify-email',
    'POST /auth/web/login',
    'POST /auth/web/step-up',
  ])
})

/** What signs in with a password, and what a wrong one must leave: a refusal, a count, an audit row. */
const WAYS = [
  ['POST /auth/web/login', 'auth.sign_in'],
  ['POST /auth/login', 'auth.sign_in'],
] as const

test('v5.0.0-V6.3.4 each way in with a password is equally strong: counted together, locked together, audited, and stopped by a second factor', async () => {
  for (const [route, action] of WAYS) {
    const path = route.slice('POST '.length)
    const { who } = await mfa.withApp()
    const place = mfa.browser()
    const right = await place.post(path, { username: who.email, password: who.password })
    assert.deepEqual([right.status, right.body['mfa_required']], [200, true], route)
    for (let one = 0; one < 5; one += 1) {
      const other = WAYS[one % 2]?.[0].slice('POST '.length) ?? path
      const wrong = await place.post(other, { username: who.email, password: 'not the password' })
      assert.equal(wrong.status, 401, route)
    }
    const locked = await place.post(path, { username: who.email, password: who.password })
    assert.deepEqual([locked.status, locked.body['detail']], [401, 'Invalid credentials'], route)
    const [row] = await mfa.sql(
      `select reason from plinth.audit_events where action = $1 and target_id = $2 order by id desc limit 1`,
      [action, who.person],
    )
    assert.deepEqual(row, { reason: 'locked' }, route)
  }
})

test('v5.0.0-V6.3.4 a password that confirms or changes is counted with those that sign in', async () => {
  const ways = [
    ['/auth/web/step-up', (password: string) => ({ password })],
    ['/auth/password-change', (text: string) => ({ current_password: text, new_password: NEXT })],
  ] as const
  for (const [at, [path, bodyOf]] of ways.entries()) {
    const who = await mfa.account()
    const place = `192.0.2.${at + 1}`
    const here = mfa.at(place)
    await mfa.logIn(who, here)
    for (let one = 0; one < 5; one += 1)
      assert.equal((await here.post(path, bodyOf('not the password'))).status, 401, path)
    assert.equal((await here.post(path, bodyOf(who.password))).status, 401, `${path} is locked`)
    assert.equal((await mfa.logIn(who, mfa.at(place))).answer.status, 401, `by ${path}`)
    assert.equal((await here.get('/auth/web/me')).body['authenticated'], true)
    assert.equal((await mfa.logIn(who)).answer.status, 200, 'somewhere else it is not')
  }
})

test('MF-37 what was counted goes when it means nothing any more', async () => {
  const { clock, database } = mfa.world
  await mfa.browser().post('/auth/web/login', { username: 'nobody@example.com', password: 'wrong' })
  const count = async () =>
    (await mfa.sql<{ n: number }>('select count(*)::int as n from plinth.attempts'))[0]?.n ?? 0
  assert.ok((await count()) > 0)
  clock.advance(100 * 86_400_000)
  const log = { info() {}, warn() {}, error() {} }
  const { signal } = new AbortController()
  const actor = { kind: 'system', person: null, clientAddress: null, requestId: null } as const
  await database.platform.transaction((tx) =>
    tx.inTenant(NIL_ID as Id<'tenant'>, (inside) =>
      forgetAttemptsJob(clock).spec.handle({ tx: inside, input: {}, actor, log, signal }),
    ),
  )
  assert.equal(await count(), 0)
})

test('MF-41 FI-39 with the pool and its queue full one more sign-in is a 503 with Retry-After; other routes answer, and later everybody gets in', async () => {
  await using accounts = await openAccounts({
    'accounts.password.hash_threads': 1,
    'accounts.password.hash_queue': 4,
  })
  const { email, password } = await accounts.account()
  const signIn = (at: number) =>
    accounts.at(`198.51.100.${at}`).post('/auth/web/login', { username: email, password })
  const visitor = accounts.at('192.0.2.1')
  const [answers, others] = await Promise.all([
    Promise.all(Array.from({ length: 100 }, (_, at) => signIn(at))),
    Promise.all(Array.from({ length: 20 }, () => visitor.get('/auth/web/me'))),
  ])
  const statuses = answers.map(({ status }) => status)
  assert.deepEqual([...new Set(statuses)].sort(), [200, 503])
  const busy = answers.find(({ status }) => status === 503)
  assert.equal(busy?.headers.get('retry-after'), '2')
  assert.equal(busy?.body['code'], 'auth.busy')
  assert.ok(others.every(({ status }) => status === 200))
  assert.equal((await signIn(200)).status, 200)
  const [counted] = await accounts.sql(
    "select count(*)::int as n from plinth.audit_events where action = 'auth.sign_in'",
  )
  const looked = statuses.filter((status) => status === 200).length + 1
  assert.deepEqual(counted, { n: looked }, 'who was sent away left no work behind')
})
