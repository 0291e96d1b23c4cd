import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SecondProcess } from '../../testing/second-process.ts'
import { startSecondProcess } from '../../testing/second-process.ts'
import type { AccountWorld, TestAccount } from '../account/accounts.fixture.ts'
import { GOOD, openAccounts } from '../account/accounts.fixture.ts'
import type { Told } from './token-api.fixture.ts'
import { inCookie, poster } from './token-api.fixture.ts'

let accounts: AccountWorld
let second: SecondProcess
before(async () => {
  accounts = await openAccounts()
  second = await startSecondProcess(accounts.world, [], {
    'app.trusted_proxies': ['127.0.0.1'],
    'tenancy.mode': 'personal',
  })
})
after(async () => {
  await second?.[Symbol.asyncDispose]()
  await accounts?.[Symbol.asyncDispose]()
})

let addresses = 0
/** Each caller has an address of its own, so that no limit of another test meets it. */
function caller(url = accounts.world.url) {
  addresses += 1
  const from = { 'x-forwarded-for': `203.0.113.${addresses}`, 'user-agent': 'tests' }
  const post = poster(url)
  return (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    post(path, body, { ...from, ...headers })
}
const signIn = (account: TestAccount, more: object = {}, url?: string): Promise<Told> =>
  caller(url)('/auth/login', { username: account.email, password: account.password, ...more })
const me = async (access: unknown, url = accounts.world.url) =>
  fetch(`${url}/auth/me`, { headers: { authorization: `Bearer ${access}` } })

test('contract 5 a password gives an access token, and the refresh token in a cookie', async () => {
  const account = await accounts.account()
  const { status, body, headers } = await signIn(account, { provider: 'local' })
  assert.equal(status, 200, JSON.stringify(body))
  const { access_token: access, csrf_token: csrf, ...rest } = body
  assert.deepEqual(rest, {
    refresh_token: null,
    token_type: 'bearer',
    expires_in: 900,
    mfa_required: false,
    mfa_token: null,
    mfa_methods: [],
    mfa_enrolment_required: false,
  })
  const [cookie = ''] = headers.getSetCookie()
  const refresh = /^refresh_token=([\w-]{43});/.exec(cookie)?.[1] ?? ''
  assert.equal(((await (await me(access)).json()) as { id: string }).id, account.person)
  const next = await caller()('/auth/refresh', undefined, inCookie(refresh, String(csrf)))
  assert.equal(next.status, 200, JSON.stringify(next.body))
})

test('contract 5 31.3 a client that keeps its own tokens gets both in the answer', async () => {
  const account = await accounts.account()
  const { body, headers } = await signIn(account, { refresh_token_in: 'body' })
  assert.deepEqual([headers.getSetCookie(), body['csrf_token']], [[], null])
  const next = await caller()('/auth/refresh', { refresh_token: body['refresh_token'] })
  assert.equal(next.status, 200)
  assert.equal((await me(next.body['access_token'])).status, 200)
})

test('contract 5 every refusal is the same 401; a password that must be changed is 428', async () => {
  const [good, off, old] = await Promise.all([
    accounts.account(),
    accounts.account({ status: 'disabled' }),
    accounts.account({ mustChange: true }),
  ])
  const refused = await Promise.all([
    signIn({ ...good, password: 'wrong' }),
    signIn({ ...good, email: 'nobody@example.com' }),
    signIn(off),
  ])
  for (const { status, body } of refused) {
    assert.deepEqual(
      [status, body['code'], body['detail']],
      [401, 'auth.invalid_credentials', 'Invalid credentials'],
    )
  }
  const must = await signIn(old)
  assert.deepEqual([must.status, must.body['code']], [428, 'PASSWORD_RESET_REQUIRED'])
  const sso = await signIn(good, { provider: 'sso' })
  assert.deepEqual([sso.status, sso.body['code']], [400, 'auth.sign_in_at_provider'])
})

test('D22 the token API is refused to pages of other sites', async () => {
  const account = await accounts.account()
  const body = { username: account.email, password: GOOD }
  for (const origin of ['https://evil.test', accounts.world.service.config.app.base_url]) {
    const from = { 'sec-fetch-site': 'cross-site', origin }
    for (const path of ['/auth/login', '/auth/refresh', '/auth/logout', '/auth/mfa/verify']) {
      const sent = path === '/auth/login' ? body : {}
      assert.equal((await caller()(path, sent, from)).status, 403, `${path} from ${origin}`)
    }
  }
})

test('RR-16 a new password ends the sign-ins for tokens too', async () => {
  const account = await accounts.account()
  const { body } = await signIn(account, { refresh_token_in: 'body' })
  const change = { current_password: GOOD, new_password: 'a bridge over seven lakes' }
  const bearer = { authorization: `Bearer ${body['access_token']}` }
  const changed = await caller()('/auth/password-change', change, bearer)
  assert.equal(changed.status, 200, JSON.stringify(changed.body))
  const next = await caller()('/auth/refresh', { refresh_token: body['refresh_token'] })
  assert.equal(next.body['detail'], 'Invalid refresh token')
  assert.equal((await me(body['access_token'])).status, 401)
})

test('RR-05 two processes at once give one successor, and each takes what the other gave', async () => {
  const account = await accounts.account()
  const { body } = await signIn(account, { refresh_token_in: 'body' })
  const urls = [accounts.world.url, second.url]
  let token = body['refresh_token']
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        caller(urls[at % 2])('/auth/refresh', { refresh_token: token }),
      ),
    )
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    assert.equal(new Set(answers.map((one) => one.body['refresh_token'])).size, 1)
    for (const url of urls)
      assert.equal((await me(answers[0]?.body['access_token'], url)).status, 200)
    token = answers[1]?.body['refresh_token']
  }
  // A failover: every connection of both processes is gone, and what was given is still good.
  await accounts.sql(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  const tryAgain = async (url: string | undefined): Promise<Told> => {
    const told = await caller(url)('/auth/refresh', { refresh_token: token })
    return told.status >= 500 ? tryAgain(url) : told
  }
  const [one, other] = await Promise.all(urls.map((url) => tryAgain(url)))
  assert.deepEqual([one?.status, other?.status], [200, 200])
  assert.equal(one?.body['refresh_token'], other?.body['refresh_token'])
})

test('RR-11 a token that is over stays over in a process that just started, and in a restored database', async () => {
  const account = await accounts.account()
  const { body } = await signIn(account, { refresh_token_in: 'body' })
  const first = body['refresh_token']
  const next = await caller()('/auth/refresh', { refresh_token: first })
  accounts.world.clock.advance(11_000)
  assert.equal((await caller()('/auth/refresh', { refresh_token: first })).status, 401)
  await using started = await startSecondProcess(accounts.world, [], {
    'app.trusted_proxies': ['127.0.0.1'],
  })
  for (const token of [first, next.body['refresh_token']]) {
    assert.equal((await caller(started.url)('/auth/refresh', { refresh_token: token })).status, 401)
  }
  // What decides lies in the database alone, so that a copy of it decides alike.
  const kept = await accounts.sql<{ over: boolean; known: number }>(
    `select bool_and(s.revoked_at is not null) as over, count(*)::int as known
       from plinth.sessions s join plinth.refresh_tokens r on r.session_id = s.id
      where s.person_id = $1`,
    [account.person],
  )
  assert.deepEqual(kept, [{ over: true, known: 2 }])
})
