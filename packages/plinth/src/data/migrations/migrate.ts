import { assertSameHistory, ensureHistory, readHistory } from './history.ts'
import { chainFault } from './migration-chain.ts'
import { asOnlyMigrator, type MigrationSession } from './migration-client.ts'
import { type Migration, PLATFORM_MIGRATIONS, readMigrations } from './migration-files.ts'
import { runsAlone } from './no-transaction.ts'
import { forOneRole } from './one-role.ts'
import { runMigration } from './run-migration.ts'

/** What to migrate, and how far. */
export interface MigrateOptions extends MigrationSession {
  /** The platform's own set, or the folder of the service's. */
  readonly set: 'platform' | { readonly folder: string }
  /** Number to end at, up or down: 0 undoes everything. The newest file by default. */
  readonly to?: number
  /** Takes a file that was edited after it was applied: where all data are to be deleted anyway. */
  readonly evenEdited?: boolean
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
 * @throws Error naming the migration that failed (those before it stay), or the files of a service
 *   that are not one line
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const { folder, set } = setOf(options.set)
  const files = await readMigrations(folder)
  const fault = set === 'service' ? chainFault(files) : undefined
  if (fault !== undefined) throw new Error(fault)
  return asOnlyMigrator(options, async (client) => {
    await ensureHistory(client)
    const applied = await readHistory(client, set)
    assertSameHistory(files, applied, options.evenEdited)
    const current = applied.at(-1)?.number ?? 0
    const to = options.to ?? Math.max(files.at(-1)?.number ?? 0, current)
    const plan = planOf(files, current, to)
    const { direction } = plan
    // What is not as it should be is said before anything runs.
    for (const migration of plan.migrations) runsAlone(migration, direction)
    const text = await forOneRole(client)
    const { log, signal } = options
    for (const migration of plan.migrations) {
      await runMigration(client, { set, migration, direction, text, log, signal })
      log.info({ migration: migration.name, direction }, 'migrated')
    }
    const now = (await readHistory(client, set)).at(-1)?.number ?? 0
    return { ran: plan.migrations.map(({ name }) => name), direction, current: now }
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
