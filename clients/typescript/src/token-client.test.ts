import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import type { AccountWorld } from '../../../packages/plinth/src/identity/account/accounts.fixture.ts'
import {
  GOOD,
  openAccounts,
} from '../../../packages/plinth/src/identity/account/accounts.fixture.ts'
import type { KeptTokens } from './index.ts'
import { AuthClient, CookieJar, ProblemError, TokenClient } from './index.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts()
})
after(() => accounts?.[Symbol.asyncDispose]())

const origin = () => accounts.world.service.config.app.base_url
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0'

/** A client as a page of the service has it. */
function page() {
  const cookies = new CookieJar()
  const call: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('origin', origin())
    headers.set('user-agent', userAgent)
    return fetch(input, { ...init, headers })
  }
  return { cookies, client: new AuthClient(accounts.world.url, { cookies, fetch: call }) }
}

/** Gives somebody an authenticator app; answers what it shows, each time a code of its own. */
async function withApp(client: AuthClient) {
  const setUp = await client.call<{ method_id: string; secret: string }>(
    'POST',
    '/auth/mfa/setup',
    {},
  )
  const secret = Secret.fromBase32(setUp.secret)
  const next = () => {
    accounts.world.clock.advance(30_000)
    return TOTP.generate({ secret, timestamp: accounts.world.clock.now() })
  }
  await client.call('POST', '/auth/mfa/confirm', { method_id: setUp.method_id, code: next() })
  return next
}

interface Me {
  readonly id: string
}

async function signedIn() {
  const account = await accounts.account()
  const kept: (KeptTokens | undefined)[] = []
  const client = new TokenClient(accounts.world.url, { onChange: (one) => kept.push(one) })
  assert.deepEqual(await client.signIn(account.email, GOOD), { code: 'signed_in' })
  return { account, client, kept }
}

test('contract 31.3 a password signs in, and calls carry the access token', async () => {
  const { account, client } = await signedIn()
  assert.equal((await client.call<Me>('GET', '/auth/me')).id, account.person)
  await assert.rejects(client.call('GET', '/auth/nothing'), { status: 404 })
})

test('contract 31.3 an access token that is over is renewed once, for calls at the same time too', async () => {
  const { account, client, kept } = await signedIn()
  accounts.world.clock.advance(16 * 60_000)
  const answers = await Promise.all([1, 2, 3].map(() => client.call<Me>('GET', '/auth/me')))
  assert.deepEqual([...new Set(answers.map(({ id }) => id))], [account.person])
  assert.equal(kept.length, 2)
})

test('a program goes on with what it kept, until it signs out', async () => {
  const { account, client, kept } = await signedIn()
  const [first] = kept
  assert.ok(first)
  const later = new TokenClient(accounts.world.url, { kept: first })
  assert.equal((await later.call<Me>('GET', '/auth/me')).id, account.person)
  await later.signOut()
  await later.signOut()
  assert.equal(await client.refresh(), false)
  assert.equal(kept.at(-1), undefined)
  await assert.rejects(later.call('GET', '/auth/me'), { status: 401 })
})

test('a wrong password is a typed problem, and tokens go to the service only', async () => {
  const client = new TokenClient(accounts.world.url)
  const refused = client.signIn('nobody@example.com', 'wrong')
  await assert.rejects(
    refused,
    (error) => error instanceof ProblemError && error.code === 'auth.invalid_credentials',
  )
  assert.equal(await client.refresh(), false)
  await assert.rejects(client.request('https://evil.example/x'), /is not the service/)
})

test('D22 a page signs in with a password: a session in a cookie, and no token that a script could read', async () => {
  const account = await accounts.account()
  const { client, cookies } = page()
  await assert.rejects(client.signIn(account.email, 'wrong'), { code: 'auth.invalid_credentials' })
  assert.deepEqual(await client.signIn(account.email, GOOD), { code: 'signed_in' })
  const state = await client.checkAuthState()
  assert.deepEqual([state.authenticated, state.user?.id], [true, account.person])
  assert.match(cookies.get('user_session_id') ?? '', /^[\w-]{43}$/)
  await client.call('PATCH', '/auth/me', { first_name: 'Anna' })
  assert.equal(await client.refreshSession(), true)
  await client.call('PATCH', '/auth/me', { first_name: 'Ana' })
  await client.logout()
  assert.equal((await client.me()).authenticated, false)
})

test('D22 MF-11 both clients bring the second factor that a password alone is asked for', async () => {
  const account = await accounts.account()
  const first = page().client
  await first.signIn(account.email, GOOD)
  const next = await withApp(first)

  const { client } = page()
  const asked = await client.signIn(account.email, GOOD)
  assert.ok(asked.code === 'mfa_required')
  assert.deepEqual([asked.methods, asked.mustEnrol], [['totp', 'recovery'], false])
  assert.equal((await client.me()).authenticated, false)
  await assert.rejects(client.verify(asked.mfaToken, '000000'), { code: 'mfa.invalid_code' })
  assert.deepEqual(await client.verify(asked.mfaToken, next()), { code: 'signed_in' })
  assert.equal((await client.me()).user?.id, account.person)

  const program = new TokenClient(accounts.world.url)
  const wanted = await program.signIn(account.email, GOOD)
  assert.ok(wanted.code === 'mfa_required')
  await assert.rejects(program.call('GET', '/auth/me'), { status: 401 })
  assert.deepEqual(await program.verify(wanted.mfaToken, next()), { code: 'signed_in' })
  assert.equal((await program.call<Me>('GET', '/auth/me')).id, account.person)
})
