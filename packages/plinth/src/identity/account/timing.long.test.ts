import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AccountWorld } from './accounts.fixture.ts'
import { openAccounts } from './accounts.fixture.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts()
})
after(async () => {
  await accounts[Symbol.asyncDispose]()
})

const SAMPLES = 200
const median = (times: readonly number[]) =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN

type Way = (at: number) => Promise<unknown>

/** Median times of two requests that take turns, so that whatever else happens meets both. */
async function compare(ways: readonly [Way, Way], samples = SAMPLES): Promise<number> {
  const times: readonly [number[], number[]] = [[], []]
  for (let round = 0; round < samples + 20; round += 1) {
    for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const start = performance.now()
      await ways[at](round)
      if (round >= 20) times[at].push(performance.now() - start)
    }
  }
  return median(times[0]) / median(times[1])
}

// A missing hash would be a factor of two and more; what a busy machine adds is far less.
const ALIKE = { least: 0.67, most: 1.5 }

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
    while (known.length < SAMPLES + 20) known.push(await accounts.account())
    const ask = (address: string, sent: object) => accounts.at(address).post(path, sent)
    const ratio = await compare([
      (at) => ask(`198.51.100.${at}`, body(known[at]?.email ?? '')),
      (at) => ask(`203.0.113.${at}`, body(`nobody${at}@example.com`)),
    ])
    assert.ok(ratio > ALIKE.least && ratio < ALIKE.most, `medians differ by ${ratio}`)
  })
}

test('MF-35 MF-42 after an import a name that nobody has takes as long as an account whose hash came along', async () => {
  await using world = await openAccounts()
  const known: Awaited<ReturnType<AccountWorld['account']>>[] = []
  while (known.length < 50) known.push(await world.account())
  // Several times as dear as a hash of ours is in tests.
  const base64 = (size: number) => Buffer.alloc(size, 5).toString('base64').replaceAll('=', '')
  const hash = `$pbkdf2-sha512$50000$${base64(16)}$${base64(64)}`
  await world.sql('update plinth.credentials set hash = $1', [hash])
  const ask = (address: string, username: string) =>
    world.at(address).post('/auth/web/login', { username, password: 'not the password' })
  const ratio = await compare(
    [
      (at) => ask(`198.51.100.${at}`, known[at]?.email ?? ''),
      (at) => ask(`203.0.113.${at}`, `nobody${at}@example.com`),
    ],
    30,
  )
  assert.ok(ratio > ALIKE.least && ratio < ALIKE.most, `medians differ by ${ratio}`)
})
