import { ensureHistory, readHistory } from './history.ts'
import { type MigrateOptions, setOf } from './migrate.ts'
import { asOnlyMigrator } from './migration-client.ts'
import { readMigrations } from './migration-files.ts'

/**
 * Writes into the history that a set is at a number, and runs nothing: for a database whose tables
 * were there before.
 * @returns names that the history gained and lost
 */
export async function stampMigrations(
  options: MigrateOptions,
): Promise<{ readonly added: readonly string[]; readonly removed: readonly string[] }> {
  const { folder, set } = setOf(options.set)
  const files = await readMigrations(folder)
  const to = options.to ?? files.at(-1)?.number ?? 0
  return asOnlyMigrator(options, async (client) => {
    await ensureHistory(client)
    const applied = await readHistory(client, set)
    const known = new Set(applied.map(({ number }) => number))
    const added = files.filter(({ number }) => number <= to && !known.has(number))
    const removed = applied.filter(({ number }) => number > to)
    await client.query('begin')
    for (const { number, name, hash } of added) {
      await client.query(
        'insert into plinth.migrations (set, number, name, hash) values ($1, $2, $3, $4)',
        [set, number, name, hash],
      )
    }
    await client.query('delete from plinth.migrations where set = $1 and number > $2', [set, to])
    await client.query('commit')
    return { added: added.map(({ name }) => name), removed: removed.map(({ name }) => name) }
  })
}
