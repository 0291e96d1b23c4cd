import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { DatabaseError } from 'pg'
import type { DbLog } from '../db-log.ts'
import { clearWay } from './failed-index.ts'
import type { Migration } from './migration-files.ts'
import { runsAlone } from './no-transaction.ts'

/** One half of a migration, to be run. */
export interface Step {
  readonly set: string
  readonly migration: Migration
  readonly direction: 'up' | 'down'
  /** What is done to its text first. */
  readonly text: (sql: string) => string
  readonly log: DbLog
  readonly signal: AbortSignal | undefined
}

/**
 * How long a statement stands in line for a lock. Whoever comes after it in that line waits as long,
 * also who only reads: it must be well under a second (FI-45), and then it is tried again.
 */
const LOCK_TIMEOUT_MS = 500
const ATTEMPTS = 60
const PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_000

/** 55P03 lock_not_available, 40P01 deadlock_detected. */
const ANOTHER_TIME = new Set(['55P03', '40P01'])

/**
 * Runs one migration and writes it into the history: in a transaction, or by itself where it says so.
 * @throws Error naming the migration, with the server's reason
 */
export async function runMigration(client: Client, step: Step): Promise<void> {
  const run = runsAlone(step.migration, step.direction) ? alone : inTransaction
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(client, step)
    } catch (cause) {
      if (attempt === ATTEMPTS || !isBusy(cause)) throw failure(step, cause)
      if (attempt === 1) step.log.info({ migration: step.migration.name }, WAITING)
      const pause = Math.min(PAUSE_MS * attempt, LONGEST_PAUSE_MS)
      await sleep(pause, undefined, step.signal === undefined ? {} : { signal: step.signal })
    }
  }
}

const WAITING = 'a transaction holds what the migration needs; waiting for it, a moment at a time'

function isBusy(error: unknown): boolean {
  return error instanceof DatabaseError && ANOTHER_TIME.has(error.code ?? '')
}

async function inTransaction(client: Client, step: Step): Promise<void> {
  const { migration, direction, text } = step
  await client.query('begin')
  try {
    await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`)
    await client.query(text(migration[direction]))
    if (client.getTransactionStatus() !== 'T') {
      throw new Error('it ends the transaction by itself; leave COMMIT and ROLLBACK out')
    }
    await remember(client, step)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/**
 * One statement outside a transaction. Its locks let rows be read and written, so it may wait for
 * them as long as it takes.
 */
async function alone(client: Client, step: Step): Promise<void> {
  const sql = step.text(step.migration[step.direction])
  await client.query('set lock_timeout = 0')
  if (await clearWay(client, sql, step.log)) await buildOrClear(client, sql, step.log)
  await remember(client, step)
}

/** One that stays is written for ever, and refuses rows if it failed late, also once its file is gone. */
async function buildOrClear(client: Client, sql: string, log: DbLog): Promise<void> {
  try {
    await client.query(sql)
  } catch (error) {
    // Who is in the way is not waited for: the next try drops it too.
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`).catch(() => undefined)
    await clearWay(client, sql, log).catch(() => undefined)
    throw error
  }
}

async function remember(client: Client, { set, migration, direction }: Step): Promise<void> {
  const { number, name, hash } = migration
  if (direction === 'up') {
    await client.query(
      'insert into plinth.migrations (set, number, name, hash) values ($1, $2, $3, $4)',
      [set, number, name, hash],
    )
    return
  }
  await client.query('delete from plinth.migrations where set = $1 and number = $2', [set, number])
}

function failure({ migration, direction }: Step, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const what = `${migration.name} (${direction}) failed`
  if (isBusy(cause)) {
    return new Error(
      `${what}: another transaction held what it needs, ${ATTEMPTS} times (${reason}); end that transaction, then try again`,
      { cause },
    )
  }
  const undone = runsAlone(migration, direction) ? '' : ' and was rolled back'
  return new Error(`${what}${undone}: ${reason}`, { cause })
}
