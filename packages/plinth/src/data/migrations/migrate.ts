import type { Client } from 'pg'
import { assertSameHistory, ensureHistory, readHistory } from './history.ts'
import { asOnlyMigrator, type MigrationSession } from './migration-client.ts'
import { type Migration, PLATFORM_MIGRATIONS, readMigrations } from './migration-files.ts'
import { forOneRole } from './one-role.ts'

/** What to migrate, and how far. */
export interface MigrateOptions extends MigrationSession {
  /** The platform's own set, or the folder of the service's. */
  readonly set: 'platform' | { readonly folder: string }
  /** Number to end at, up or down: 0 undoes everything. The newest file by default. */
  readonly to?: number
}

/** What was done. */
export interface MigrateResult {
  /** Names in the order in which they ran. */
  readonly ran: readonly string[]
  readonly direction: 'up' | 'down'
  /** Number that the database is at now. */
  readonly current: number
}

/**
 * Brings one set to a number, each migration in a transaction of its own. Any number of processes
 * may call it at once: one works, the others wait and find it done.
 * @throws Error naming the migration that failed; those before it stay
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const { folder, set } = setOf(options.set)
  const files = await readMigrations(folder)
  return asOnlyMigrator(options, async (client) => {
    await ensureHistory(client)
    const applied = await readHistory(client, set)
    assertSameHistory(files, applied)
    const current = applied.at(-1)?.number ?? 0
    const to = options.to ?? Math.max(files.at(-1)?.number ?? 0, current)
    const plan = planOf(files, current, to)
    const text = await forOneRole(client)
    for (const migration of plan.migrations) {
      await runOne(client, { set, migration, direction: plan.direction, text })
      options.log.info({ migration: migration.name, direction: plan.direction }, 'migrated')
    }
    const now = (await readHistory(client, set)).at(-1)?.number ?? 0
    return { ran: plan.migrations.map(({ name }) => name), direction: plan.direction, current: now }
  })
}

/** The folder and the name in the history of a set. */
export function setOf(set: MigrateOptions['set']): { folder: string; set: string } {
  return set === 'platform'
    ? { folder: PLATFORM_MIGRATIONS, set: 'platform' }
    : { folder: set.folder, set: 'service' }
}

function planOf(
  files: readonly Migration[],
  current: number,
  to: number,
): { direction: 'up' | 'down'; migrations: readonly Migration[] } {
  if (to >= current) {
    const migrations = files.filter(({ number }) => number > current && number <= to)
    return { direction: 'up', migrations }
  }
  const migrations = files.filter(({ number }) => number <= current && number > to).reverse()
  return { direction: 'down', migrations }
}

interface Step {
  readonly set: string
  readonly migration: Migration
  readonly direction: 'up' | 'down'
  readonly text: (sql: string) => string
}

async function runOne(client: Client, { set, migration, direction, text }: Step): Promise<void> {
  const { number, name, hash } = migration
  await client.query('begin')
  try {
    await client.query(text(migration[direction]))
    if (client.getTransactionStatus() !== 'T') {
      throw new Error('it ends the transaction by itself; leave COMMIT and ROLLBACK out')
    }
    if (direction === 'up') {
      await client.query(
        'insert into plinth.migrations (set, number, name, hash) values ($1, $2, $3, $4)',
        [set, number, name, hash],
      )
    } else {
      await client.query('delete from plinth.migrations where set = $1 and number = $2', [
        set,
        number,
      ])
    }
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback').catch(() => undefined)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${name} (${direction}) failed and was rolled back: ${reason}`, { cause })
  }
}
