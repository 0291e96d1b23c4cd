import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AccountWorld } from '../../../packages/plinth/src/identity/account/accounts.fixture.ts'
import {
  GOOD,
  openAccounts,
} from '../../../packages/plinth/src/identity/account/accounts.fixture.ts'
import type { KeptTokens } from './index.ts'
import { ProblemError, TokenClient } from './index.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts()
})
after(() => accounts?.[Symbol.asyncDispose]())

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
