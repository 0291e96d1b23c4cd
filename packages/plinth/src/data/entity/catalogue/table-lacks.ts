import type { Declaration } from '../declaration.ts'
import type { LiveTable } from './live-table.ts'

/** What every row has beside its key, as it is added to a table that has rows already. */
const EVERY_ROW: Readonly<Record<string, string>> = {
  version: 'integer not null default 1',
  created_at: 'timestamptz(3) not null default now()',
  updated_at: 'timestamptz(3) not null default now()',
}

/**
 * What a table that is migrated elsewhere lacks of what no entity can do without: a uuid that rows are
 * known by, a version for `If-Match`, and the moments that lists are sorted by.
 * @returns by column, a sentence with the statement that adds it
 */
export function tableLacks(
  { schema, table, key }: Pick<Declaration, 'schema' | 'table' | 'key'>,
  { columns }: Pick<LiveTable, 'columns'>,
): ReadonlyMap<string, string> {
  const alter = `alter table ${schema}.${table} add column`
  const lacks = Object.entries(EVERY_ROW)
    .filter(([name]) => !columns.has(name))
    .map(([name, definition]): [string, string] => [
      name,
      `column ${name} is missing; add it: ${alter} ${name} ${definition}`,
    ])
  const type = columns.get(key)?.replace(/ not null$/, '')
  if (type === undefined || type === 'uuid') return new Map(lacks)
  return new Map([
    [
      key,
      `its key ${key} is of type ${type}, and rows are known by a uuid; add one beside it: ` +
        `${alter} public_id uuid not null unique default gen_random_uuid(), and declare key: 'public_id'`,
    ],
    ...lacks,
  ])
}
