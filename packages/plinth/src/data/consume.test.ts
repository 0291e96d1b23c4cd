import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { newId } from '../kernel/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { consume } from './index.ts'

test('rule 5: of 20 callers at once exactly one uses a pending login, round after round', async () => {
  await using db = await openTestDatabase()
  const { platform } = db.database
  for (let round = 0; round < 10; round += 1) {
    const key = { state_hash: randomBytes(32), cookie_hash: randomBytes(32) }
    await platform.query(
      `insert into plinth.pending_logins (id, state_hash, cookie_hash, provider, nonce,
         code_verifier, redirect_uri, return_to, fingerprint, expires_at)
       values ($1, $2, $3, 'p', 'n', 'v', 'r', '/', '\\x00', now() + interval '5 minutes')`,
      [newId(), key.state_hash, key.cookie_hash],
    )
    const at = new Date(round).toISOString()
    const stranger = { ...key, cookie_hash: randomBytes(32) }
    assert.equal(await consume(platform, 'pending_logins', stranger, at), undefined)
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => consume(platform, 'pending_logins', key, at)),
    )
    assert.equal(taken.filter((row) => row !== undefined).length, 1)
  }
})
