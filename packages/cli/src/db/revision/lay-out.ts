import { migrate, onConnection } from 'plinth/data'
import type { Declared } from './declared-sql.ts'
import { newTables } from './new-tables.ts'
import type { Scratch } from './scratch.ts'

const silent = { info() {}, warn() {}, error() {} }

/** Runs SQL as the role that migrates. */
export async function runSql({ ownerUrl }: Scratch, statements: readonly string[]): Promise<void> {
  if (statements.length === 0) return
  await onConnection({ url: ownerUrl }, (connection) => connection.query(statements.join(';\n')))
}

/** Runs a folder of migrations, as far as a number. */
export async function runMigrations(
  { ownerUrl }: Scratch,
  folder: string,
  to?: number,
): Promise<void> {
  const far = to === undefined ? {} : { to }
  await migrate({ url: ownerUrl, set: { folder }, log: silent, ...far })
}

/** Makes the tables of entities. */
export async function makeTables(scratch: Scratch, entities: readonly Declared[]): Promise<void> {
  const here = entities.filter(({ declaration }) => declaration.migrated === 'here')
  const { texts, keys } = newTables(here, entities)
  await runSql(scratch, [...texts, ...keys])
}

/**
 * Makes stand-ins for tables that are migrated elsewhere, so that keys may point at them.
 * @param except SQL that may make some of them itself
 */
export async function makeStandIns(
  scratch: Scratch,
  entities: readonly Declared[],
  except = '',
): Promise<void> {
  const statements = entities.flatMap(({ declaration }) => {
    const { schema, table, key, tenant, migrated } = declaration
    const made = new RegExp(
      `create\\s+table\\s+(?:if\\s+not\\s+exists\\s+)?${schema}\\.${table}\\b`,
      'i',
    )
    if (migrated === 'here' || made.test(except)) return []
    const columns = tenant === undefined ? [key] : [tenant, key]
    const body = columns.map((column) => `"${column}" uuid`).join(', ')
    const list = columns.map((column) => `"${column}"`).join(', ')
    return [
      `create schema if not exists "${schema}"`,
      `create table "${schema}"."${table}" (${body}, primary key (${list}))`,
    ]
  })
  await runSql(scratch, statements)
}
