import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestDatabase } from '../../testing/database.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import type { OneTimePurpose } from './one-time-tokens.ts'
import { issueOneTime, peekOneTime, redeemOneTime } from './one-time-tokens.ts'

const clock = createTestClock()
let db: TestDatabase
before(async () => {
  db = await openTestDatabase({ clock })
})
after(async () => {
  await db[Symbol.asyncDispose]()
})

/** All of them: one that is left out does not compile. */
const ALL: { readonly [P in OneTimePurpose]: P } = {
  registration: 'registration',
  'email-change': 'email-change',
  'password-reset': 'password-reset',
  invitation: 'invitation',
  'passkey-challenge': 'passkey-challenge',
}
const purposes = Object.values(ALL)

test('MF-49 every token at every purpose: it is redeemed at its own, once', async () => {
  const { platform } = db.database
  for (const made of purposes) {
    const token = await issueOneTime(platform, clock, { purpose: made, ttlSeconds: 60 })
    for (const asked of purposes.filter((purpose) => purpose !== made)) {
      const name = `${made} at ${asked}`
      assert.equal(await peekOneTime(platform, clock, { purpose: asked, token }), undefined, name)
      assert.equal(await redeemOneTime(platform, clock, { purpose: asked, token }), undefined, name)
    }
    const redeem = () => redeemOneTime(platform, clock, { purpose: made, token })
    assert.notEqual(await redeem(), undefined, made)
    assert.equal(await redeem(), undefined, made)
  }
})

test('MF-43 v5.0.0-V6.4.1 a token is 256 bits, kept as a hash, gone with its time, and one use of twenty at once', async () => {
  const { platform } = db.database
  const purpose = 'password-reset'
  for (let round = 0; round < 20; round += 1) {
    const token = await issueOneTime(platform, clock, { purpose, ttlSeconds: 60 })
    assert.match(token, /^[\w-]{43}$/)
    const redeem = () => redeemOneTime(platform, clock, { purpose, token })
    const all = await Promise.all(Array.from({ length: 20 }, redeem))
    assert.equal(all.filter((one) => one !== undefined).length, 1)
    const { rows } = await platform.query('select * from plinth.one_time_tokens')
    assert.equal(JSON.stringify(rows).includes(token), false)
  }
  const late = await issueOneTime(platform, clock, { purpose, ttlSeconds: 60 })
  clock.advance(61_000)
  assert.equal(await redeemOneTime(platform, clock, { purpose, token: late }), undefined)
})
