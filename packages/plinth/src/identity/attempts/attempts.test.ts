import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId, Secret } from '../../kernel/index.ts'
import type { TestDatabase } from '../../testing/database.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import type { Attempt } from './attempt-key.ts'
import { lockoutSettings } from './attempts.settings.ts'
import { createAttempts } from './attempts.ts'

const clock = createTestClock()
const secret = new Secret('secret-of-the-attempts-0123456789abc')
const attempts = createAttempts({ clock, secret, settings: lockoutSettings.parse({}) })
let db: TestDatabase
before(async () => {
  db = await openTestDatabase({ clock })
})
after(async () => {
  await db[Symbol.asyncDispose]()
})

const HOME = '198.51.100.7'
const EVIL = '203.0.113.66'
const MINUTE = 60_000
const NO_SHARE = async () => undefined

function someone(factor: Attempt['factor'] = 'password') {
  const subject = { person: newId<'person'>() }
  const of = (address: string, device?: string): Attempt => ({ subject, factor, address, device })
  const platform = () => db.database.platform
  const tries = async (address: string, device?: string) =>
    (await attempts.reserve(platform(), of(address, device), NO_SHARE)).code
  return {
    ...subject,
    tries,
    fails: async (times: number, address: string) => {
      for (let one = 0; one < times; one += 1) assert.equal(await tries(address), 'go', `${one}`)
    },
    succeeds: (address: string, device?: string) =>
      platform().transaction((tx) => attempts.succeeded(tx, of(address, device))),
  }
}

test('MF-37 five wrong ones lock the place for 15 minutes, then twice as long', async () => {
  const ana = someone()
  await ana.fails(5, EVIL)
  assert.equal(await ana.tries(EVIL), 'locked')
  clock.advance(15 * MINUTE - 10_000)
  assert.equal(await ana.tries(EVIL), 'locked')
  clock.advance(11_000)
  await ana.fails(5, EVIL)
  clock.advance(16 * MINUTE)
  assert.equal(await ana.tries(EVIL), 'locked')
  clock.advance(15 * MINUTE)
  assert.equal(await ana.tries(EVIL), 'go')
})

test('B35 after a lock one more failure does not lock again, and a day without any forgets', async () => {
  const ana = someone()
  await ana.fails(5, EVIL)
  clock.advance(16 * MINUTE)
  await ana.fails(4, EVIL)
  clock.advance(24 * 60 * MINUTE + 1_000)
  await ana.fails(5, EVIL)
  clock.advance(16 * MINUTE)
  assert.equal(await ana.tries(EVIL), 'go')
})

test('MF-37 of 50 wrong ones at once no more than five are looked at, here and in another process', async () => {
  const ana = someone()
  const codes = await Promise.all(Array.from({ length: 50 }, () => ana.tries(EVIL)))
  assert.equal(codes.filter((code) => code === 'go').length, 5)
})

test('MF-37 a success takes the count off; a network is one /64 of IPv6', async () => {
  const ana = someone()
  await ana.fails(4, '2001:db8:1:1::1')
  await ana.succeeds('2001:db8:1:1::2')
  await ana.fails(5, '2001:db8:1:1::3')
  assert.equal(await ana.tries('2001:db8:1:1:ffff::9'), 'locked')
  assert.equal(await ana.tries('2001:db8:1:2::1'), 'go')
})

test('MF-10 v5.0.0-V6.1.1 a lock is of one network: the person gets in from another one', async () => {
  const ana = someone()
  await ana.fails(5, EVIL)
  assert.equal(await ana.tries(HOME), 'go')
})

test('MF-10 a browser that is known gets in from the very network that is locked', async () => {
  const ana = someone()
  await ana.tries(HOME)
  await ana.succeeds(HOME, 'her-browser')
  await ana.fails(5, HOME)
  assert.equal(await ana.tries(HOME), 'locked')
  assert.equal(await ana.tries(HOME, 'another-browser'), 'locked')
  assert.equal(await ana.tries(HOME, 'her-browser'), 'go')
})

/** Wrong ones from so many networks that none of them is locked. */
async function failsEverywhere(ana: ReturnType<typeof someone>, times: number): Promise<string[]> {
  const codes: string[] = []
  for (let one = 0; one < times; one += 1) codes.push(await ana.tries(`192.0.2.${one % 250}`))
  return codes
}

test('v5.0.0-V6.3.1 no more than 100 wrong passwords in a row from strangers, then one an hour and fewer; MF-10 who is known gets in', async () => {
  const ana = someone()
  await ana.tries(HOME)
  await ana.succeeds(HOME, 'her-browser')
  const codes = await failsEverywhere(ana, 110)
  assert.equal(codes.filter((code) => code === 'go').length, 100)
  assert.equal(await ana.tries('192.0.2.251'), 'locked')
  assert.equal(await ana.tries(HOME), 'go')
  assert.equal(await ana.tries('192.0.2.252', 'her-browser'), 'go')
  clock.advance(61 * MINUTE)
  assert.equal(await ana.tries('192.0.2.253'), 'go')
  assert.equal(await ana.tries('192.0.2.254'), 'locked')
  clock.advance(61 * MINUTE)
  assert.equal(await ana.tries('192.0.2.254'), 'locked')
})

test('MF-10 success where the person is known does not open the door to strangers again', async () => {
  const ana = someone()
  await ana.tries(HOME)
  await ana.succeeds(HOME)
  await failsEverywhere(ana, 100)
  await ana.tries(HOME)
  await ana.succeeds(HOME)
  assert.equal(await ana.tries('192.0.2.251'), 'locked')
})

test('MF-07 20 wrong codes of a second factor from anywhere, not more', async () => {
  const ana = someone('second')
  const codes = await failsEverywhere(ana, 40)
  assert.equal(codes.filter((code) => code === 'go').length, 20)
})

test('MF-08 the right password takes nothing off the counter of the second factor', async () => {
  const platform = db.database.platform
  const subject = { person: newId<'person'>() }
  const second: Attempt = { subject, factor: 'second', address: EVIL }
  for (let one = 0; one < 5; one += 1) await attempts.reserve(platform, second, NO_SHARE)
  const password: Attempt = { ...second, factor: 'password' }
  assert.equal((await attempts.reserve(platform, password, NO_SHARE)).code, 'go')
  await platform.transaction((tx) => attempts.succeeded(tx, password))
  await attempts.clear(platform, subject.person, 'password')
  assert.equal((await attempts.reserve(platform, second, NO_SHARE)).code, 'locked')
})

test('v5.0.0-V6.3.5 a success says how many failed before it', async () => {
  const ana = someone()
  await ana.fails(3, EVIL)
  await ana.fails(2, HOME)
  assert.deepEqual(await ana.succeeds(HOME), { failedBefore: 4 })
  await ana.tries(HOME)
  assert.deepEqual(await ana.succeeds(HOME), { failedBefore: 0 })
})

test('MF-43 clearing opens what is locked; forgetting leaves no row', async () => {
  const ana = someone()
  await ana.fails(5, EVIL)
  await attempts.clear(db.database.platform, ana.person, 'password')
  assert.equal(await ana.tries(EVIL), 'go')
  const rows = async () =>
    (
      await db.database.platform.query<{ n: number }>(
        'select count(*)::int as n from plinth.attempts',
      )
    ).rows[0]?.n ?? 0
  const before = await rows()
  await attempts.forget(db.database.platform, ana.person)
  assert.equal(await rows(), before - 2)
})

test('MF-37 a count that could be rolled back is refused', async () => {
  const attempt: Attempt = { subject: { name: 'ana' }, factor: 'password', address: null }
  await assert.rejects(
    db.database.platform.transaction((tx) => attempts.reserve(tx, attempt, NO_SHARE)),
    TypeError,
  )
})
