import type { Queryable } from '../../db.ts'
import type { PlatformTable } from '../platform-table.ts'
import { defaultsOf, enumChecks, tableFaults } from './compare-table.ts'
import { readLiveTable } from './live-table.ts'

const TABLES = `
  select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'plinth' and c.relkind in ('r', 'p') order by 1`

/**
 * Compares the declared tables of the platform with a live database.
 * @returns one sentence for each difference, and for each table that nobody declared
 */
export async function platformTableFaults(
  db: Pick<Queryable, 'query'>,
  tables: readonly PlatformTable[],
): Promise<string[]> {
  const faults: string[] = []
  const { rows } = await db.query<{ name: string }>(TABLES)
  for (const { name } of rows) {
    if (!tables.some(({ table }) => table === name)) faults.push(`plinth.${name} is not declared`)
  }
  for (const declared of tables) {
    const live = await readLiveTable(db, declared)
    const where = `plinth.${declared.table}`
    if (live === undefined) faults.push(`${where} does not exist`)
    else faults.push(...tableFaults(wantedOf(declared), live).map((fault) => `${where}: ${fault}`))
  }
  return faults
}

function wantedOf(declared: PlatformTable) {
  const { columns, options } = declared
  const secured = options.policies.length > 0
  return {
    columns: new Map(
      columns.map(({ name, sqlType, nullable }) => [
        name,
        nullable ? sqlType : `${sqlType} not null`,
      ]),
    ),
    defaults: defaultsOf(columns),
    objects: new Map(objectsOf(declared)),
    security: `enabled ${secured}, forced ${secured}, policies ${options.policies.join(' ')}`,
  }
}

/** Keys and conditions under the names that PostgreSQL gives to those without one. */
function objectsOf({ table, columns, options }: PlatformTable): [string, string][] {
  const { key, unique, index, foreign, check, triggers } = options
  const references = columns.flatMap(({ name, reference }): [string, string][] => {
    if (reference === undefined) return []
    const { to, onDelete } = reference
    const rule = onDelete === 'restrict' ? '' : ` on delete ${onDelete}`
    return [[`${table}_${name}_fkey`, `foreign key (${name}) references plinth.${to}(id)${rule}`]]
  })
  return [
    [`${table}_pkey`, `primary key (${key.join(', ')})`],
    ...unique.map((parts): [string, string] => [
      `${table}_${parts.join('_')}_key`,
      `unique (${parts.join(', ')})`,
    ]),
    ...Object.entries(index).map(([end, text]): [string, string] => [`${table}_${end}`, text]),
    ...references,
    ...Object.entries(foreign).map(([parts, text]): [string, string] => [
      `${table}_${parts}_fkey`,
      `foreign key ${text}`,
    ]),
    ...enumChecks(columns).map(([name, text]): [string, string] => [
      `${table}_${name}_check`,
      text,
    ]),
    ...Object.entries(check).map(([end, text]): [string, string] => [
      `${table}_${end}`,
      `check ${text}`,
    ]),
    ...triggers.map((name): [string, string] => [name, 'trigger']),
  ]
}
