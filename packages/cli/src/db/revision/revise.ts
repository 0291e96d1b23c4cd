import { join } from 'node:path'
import type { Migration } from 'plinth/data'
import { chainFault, readMigrations } from 'plinth/data'
import { misuse } from '../../cli-error.ts'
import { type Changes, compare } from './compare.ts'
import type { Declared } from './declared-sql.ts'
import { type Comparison, inspectBoth, type Tables } from './inspect.ts'
import { makeStandIns, makeTables, runMigrations, runSql } from './lay-out.ts'
import { type MigrationText, migrationTexts, slugOf } from './migration-texts.ts'
import { prove } from './prove.ts'
import { type Rename, renamesOf } from './rename.ts'
import { type Scratch, withTwoDatabases } from './scratch.ts'

/** What a revision is made from. */
export interface RevisionPlan {
  readonly folder: string
  readonly entities: readonly Declared[]
  /** Becomes the name of the files. */
  readonly message: string
  /** `product.cost=price` or `product=item`, each. */
  readonly renames: readonly string[]
}

/** What differs, and the migrations that would put it right. */
export interface Revised {
  readonly changes: Changes
  readonly texts: readonly MigrationText[]
}

/**
 * Compares the committed migrations with the declared entities in two databases of their own, and
 * writes the migrations that lead from the one to the other. They are tried, up and down, before
 * anybody sees them, unless `mayWrite` says that nobody will.
 * @throws CliError when the committed migrations are not one line, or a rename does not fit
 */
export async function revise(
  plan: RevisionPlan,
  mayWrite: (changes: Changes) => boolean,
): Promise<Revised> {
  const migrations = await readMigrations(plan.folder)
  const fault = chainFault(migrations)
  if (fault !== undefined) throw misuse(`${fault}.`)
  return withTwoDatabases(async (written, declared) => {
    await Promise.all([
      layMigrations(written, plan, migrations),
      makeStandIns(declared, plan.entities).then(() => makeTables(declared, plan.entities)),
    ])
    const comparison = await inspectBoth(written, declared)
    const { changes, renames } = await found(written, comparison, plan)
    const last = migrations.at(-1)
    const pieces = [...renames.map(({ piece }) => piece), ...changes.pieces]
    const texts = migrationTexts(pieces, {
      slug: slugOf(plan.message),
      last: { name: last?.name, number: last?.number ?? 0 },
    })
    if (texts.length > 0 && mayWrite(changes)) {
      await runSql(
        written,
        renames.toReversed().flatMap(({ piece }) => piece.down),
      )
      await prove({ scratch: written, comparison, plan, migrations, texts })
    }
    return { changes, texts }
  })
}

async function layMigrations(
  scratch: Scratch,
  { folder, entities }: RevisionPlan,
  migrations: readonly Migration[],
): Promise<void> {
  await makeStandIns(scratch, entities, migrations.map(({ up }) => up).join('\n'))
  await runMigrations(scratch, folder)
}

async function found(written: Scratch, comparison: Comparison, plan: RevisionPlan) {
  const { before, wanted } = comparison
  const { entities } = plan
  const renames = renamesOf(plan.renames, before, entities)
  await runSql(
    written,
    renames.flatMap(({ piece }) => piece.up),
  )
  const after = renames.length === 0 ? before : withFormer(await comparison.again(), renames)
  return { changes: compare({ written: after, declared: wanted, entities }), renames }
}

/** What hangs on a renamed table or column is still called after its old name. */
function withFormer(tables: Tables, renames: readonly Rename[]): Tables {
  const former = new Map(renames.flatMap(({ table }) => (table === undefined ? [] : [table])))
  const columns = renames.flatMap(({ column }) => (column === undefined ? [] : [column]))
  return new Map(
    [...tables].map(([key, table]) => {
      const formerly = former.get(key)
      const own = columns.filter(([owner]) => owner === key)
      const formerColumns = new Map(own.map(([, name, old]) => [name, old]))
      return [key, { ...table, formerColumns, ...(formerly !== undefined && { formerly }) }]
    }),
  )
}

/** Where a service keeps its migrations. */
export function migrationsFolder(service: string): string {
  return join(service, 'migrations')
}
