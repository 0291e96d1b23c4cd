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

test('rule 5: what is over is used by nobody', async () => {
  await using db = await openTestDatabase()
  const { platform } = db.database
  const key = { token_hash: randomBytes(32), purpose: 'a-test' }
  await platform.query(
    `insert into plinth.one_time_tokens (id, token_hash, purpose, expires_at)
     values ($1, $2, $3, '2026-01-01T00:00:00Z')`,
    [newId(), key.token_hash, key.purpose],
  )
  const use = (at: string) => consume(platform, 'one_time_tokens', key, at)
  assert.equal(await use('2026-01-01T00:00:00Z'), undefined)
  assert.notEqual(await use('2025-12-31T23:59:59Z'), undefined)
})
