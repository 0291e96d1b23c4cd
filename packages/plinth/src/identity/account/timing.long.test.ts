import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertEqualTime } from '../../testing/equal-time.fixture.ts'
import type { AccountWorld } from './accounts.fixture.ts'
import { openAccounts } from './accounts.fixture.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts()
})
after(async () => {
  await accounts[Symbol.asyncDispose]()
})

// A missing hash would be a factor of two and more; what a busy machine adds is far less.
const ALIKE = { samples: 200, most: 1.5 }

/** An address that no other turn has, in a network of its own. */
const addressIn = (network: string, turn: number) => `${network}.${turn >> 8}.${turn & 255}`

const login = async (address: string, username: string, password: string) =>
  (await accounts.at(address).post('/auth/web/login', { username, password })).status

test('v5.0.0-V6.3.1 100 wrong ones of one account, from 100 addresses and from one network of IPv6', async () => {
  const [ana, bob] = [await accounts.account(), await accounts.account()]
  for (let one = 0; one < 101; one += 1) {
    await login(`192.0.2.${one}`, ana.email, 'not the password')
    await login(`2001:db8:7:7::${one.toString(16)}`, bob.email, 'not the password')
  }
  assert.equal(await login('192.0.2.201', ana.email, ana.password), 401, 'no stranger any more')
  assert.equal(await login('2001:db8:7:7:1::1', bob.email, bob.password), 401)
  assert.equal(await login('2001:db8:7:8::1', bob.email, bob.password), 200)
})

const cases = [
  [
    'sign-in',
    '/auth/web/login',
    (name: string) => ({ username: name, password: 'not the password' }),
  ],
  ['a reset', '/auth/password-reset-request', (email: string) => ({ email })],
  [
    'registration',
    '/auth/register',
    (email: string) => ({ email, password: 'some words of mine', first_name: 'Ana' }),
  ],
] as const

for (const [name, path, body] of cases) {
  test(`MF-35 v5.0.0-V6.3.8 ${name} takes as long for somebody as for nobody`, async () => {
    const known: Awaited<ReturnType<AccountWorld['account']>>[] = []
    const ask = (address: string, sent: object) => accounts.at(address).post(path, sent)
    await assertEqualTime({
      ...ALIKE,
      prepare: async (turns) => {
        while (known.length < turns) known.push(await accounts.account())
      },
      ways: [
        (turn) => ask(addressIn('198.18', turn), body(known[turn]?.email ?? '')),
        (turn) => ask(addressIn('198.19', turn), body(`nobody${turn}@example.com`)),
      ],
    })
  })
}

test('MF-35 MF-42 after an import a name that nobody has takes as long as an account whose hash came along', async () => {
  await using world = await openAccounts()
  const known: Awaited<ReturnType<AccountWorld['account']>>[] = []
  // Several times as dear as a hash of ours is in tests.
  const base64 = (size: number) => Buffer.alloc(size, 5).toString('base64').replaceAll('=', '')
  const hash = `$pbkdf2-sha512$50000$${base64(16)}$${base64(64)}`
  const ask = (address: string, username: string) =>
    world.at(address).post('/auth/web/login', { username, password: 'not the password' })
  await assertEqualTime({
    ...ALIKE,
    samples: 30,
    prepare: async (turns) => {
      while (known.length < turns) known.push(await world.account())
      await world.sql('update plinth.credentials set hash = $1', [hash])
    },
    ways: [
      (turn) => ask(addressIn('198.18', turn), known[turn]?.email ?? ''),
      (turn) => ask(addressIn('198.19', turn), `nobody${turn}@example.com`),
    ],
  })
})
