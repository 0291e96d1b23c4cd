import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { checkHistory, keepHistory } from './history.fixture.ts'
import type { Holder, TokenWorld } from './token-api.fixture.ts'
import { openTokenWorld } from './token-api.fixture.ts'

let tokens: TokenWorld
before(async () => {
  tokens = await openTokenWorld()
})
after(() => tokens?.[Symbol.asyncDispose]())

// These two first: a process of its own has the clock of the machine, which nobody has set forward yet.
/** Refreshes in a process that is killed at a place. */
async function killed(holder: Holder, where: 'before-commit' | 'after-commit'): Promise<void> {
  const script = path.join(import.meta.dirname, 'killed-refresh.fixture.ts')
  const args = [script, tokens.world.db.appUrl, holder.refresh, where]
  await assert.rejects(promisify(execFile)(process.execPath, args), { signal: 'SIGKILL' })
}

test('RR-07 killed after the change and before the answer: the client asks again and goes on', async () => {
  const ana = await tokens.holder()
  await killed(ana, 'after-commit')
  const told = await tokens.refresh(ana.refresh)
  assert.equal(told.status, 200, JSON.stringify(told.body))
  const { live } = await checkHistory(tokens, ana.session, [])
  assert.equal(live, 1)
  assert.equal((await tokens.refresh(told.body['refresh_token'])).status, 200)
})

test('RR-08 killed before the commit: the old token is as good as it was', async () => {
  const ana = await tokens.holder()
  await killed(ana, 'before-commit')
  assert.deepEqual(await checkHistory(tokens, ana.session, []), { live: 1, tokens: 1 })
  const told = await tokens.refresh(ana.refresh)
  assert.equal(told.status, 200)
  assert.deepEqual(await checkHistory(tokens, ana.session, []), { live: 1, tokens: 2 })
})

test('RR-01 a thousand rotations: one family, each old token dead', async () => {
  const ana = await tokens.holder()
  const history = keepHistory((token) => tokens.refresh(token))
  const line = [ana.refresh]
  for (let step = 0; step < 1_000; step += 1) {
    const { successor, status } = await history.refresh(line.at(-1) ?? '')
    assert.equal(status, 200)
    line.push(successor ?? '')
  }
  assert.equal(new Set(line).size, 1_001)
  const counted = await checkHistory(tokens, ana.session, history.calls)
  assert.deepEqual(counted, { live: 1, tokens: 1_001 })
  tokens.world.clock.advance(10_000)
  assert.equal((await history.refresh(line[500] ?? '')).status, 401)
  assert.equal((await history.refresh(line.at(-1) ?? '')).status, 401)
  assert.equal((await checkHistory(tokens, ana.session, history.calls)).live, 0)
})

test('RR-04 twenty parallel refreshes, a hundred rounds: one winner each', async () => {
  const ana = await tokens.holder()
  const history = keepHistory((token) => tokens.refresh(token))
  let token = ana.refresh
  for (let round = 0; round < 100; round += 1) {
    const calls = await Promise.all(Array.from({ length: 20 }, () => history.refresh(token)))
    assert.ok(calls.every(({ status }) => status === 200))
    token = calls[0]?.successor ?? ''
  }
  assert.deepEqual(await checkHistory(tokens, ana.session, history.calls), { live: 1, tokens: 101 })
})

/** Milliseconds below which 95 of a hundred refreshes stay. */
async function p95(): Promise<number> {
  const ana = await tokens.holder()
  let token: unknown = ana.refresh
  const took: number[] = []
  for (let step = 0; step < 100; step += 1) {
    const before = performance.now()
    const { body } = await tokens.refresh(token)
    took.push(performance.now() - before)
    token = body['refresh_token']
  }
  return took.sort((a, b) => a - b)[94] ?? Number.NaN
}

test('RR-26 a million rows: every step of a refresh uses an index, and it stays as quick', async () => {
  const before = await p95()
  const ana = await tokens.holder()
  // Without looking up the one session a million times.
  await tokens.world.sql("set session_replication_role = 'replica'")
  await tokens.world.sql(
    `insert into plinth.refresh_tokens (id, token_hash, session_id, generation, expires_at, used_at)
     select gen_random_uuid(), sha256(n::text::bytea), $1, n, now() + interval '30 days', now()
       from generate_series(10, 1000009) n`,
    [ana.session],
  )
  await tokens.world.sql("set session_replication_role = 'origin'")
  await tokens.world.sql('analyze plinth.refresh_tokens')
  const statements = [
    "select session_id from plinth.refresh_tokens where token_hash = '\\x00'",
    "update plinth.refresh_tokens set used_at = now() where token_hash = '\\x00' and used_at is null",
    'update plinth.refresh_tokens set successor_sealed = null where successor_sealed is not null and used_at < now()',
    `delete from plinth.sessions where id = '${ana.session}'`,
  ]
  for (const statement of statements) {
    const plan = await tokens.world.sql(`explain ${statement}`)
    assert.doesNotMatch(JSON.stringify(plan), /Seq Scan on refresh_tokens/, statement)
  }
  // A slow step is slow each time; a machine that does other things meanwhile is not.
  let grown = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 10 && grown >= before * 4 + 50; attempt += 1)
    grown = Math.min(grown, await p95())
  assert.ok(grown < before * 4 + 50, `${before} ms before, ${grown} ms with a million rows`)
})
