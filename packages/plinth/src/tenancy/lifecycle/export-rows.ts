import type { AnyEntity, Db } from '../../data/index.ts'
import { PERSONAL } from '../../kernel/index.ts'
import { personalColumns } from './platform-columns.ts'
import type { TenantTable } from './tenant-tables.ts'

const PAGE = 500

/** What of a table's rows leaves the service. */
export interface Outgoing {
  /** Columns that never leave. */
  readonly hidden: ReadonlySet<string>
  /** Columns that are blacked out. */
  readonly blackedOut: ReadonlySet<string>
}

/** What the declaration of a table says of its columns; a table that nobody knows goes as it is. */
export function outgoing(
  { schema, table }: TenantTable,
  entities: readonly AnyEntity[],
  withPersonalData: boolean,
): Outgoing {
  const declaration = entities
    .map((one) => one.declaration)
    .find((one) => one.schema === schema && one.table === table)
  const hidden = declaration?.columns.filter((column) => column.hidden).map(({ name }) => name)
  const said = declaration?.pii ?? personalColumns[`${schema}.${table}`] ?? []
  const personal = withPersonalData ? [] : said
  // The words of a search are those of its fields, personal ones too.
  const words = declaration?.searchColumn ?? ''
  return { hidden: new Set(hidden).add(words), blackedOut: new Set(personal) }
}

/**
 * The rows of a table, page by page in the order of its key: no transaction waits for a reader who
 * is slow. A table without a key is read in one page after the other by its place on disk.
 */
export async function* rowsOf(db: Db, table: TenantTable, of: Outgoing): AsyncGenerator<object> {
  const key = table.key.length > 0 ? table.key : ['ctid']
  const types = table.key.length > 0 ? table.keyTypes : ['tid']
  const text = pageSql(table, key, types)
  let after: readonly string[] | undefined
  do {
    const { rows } = await db.query<{ row: object; at: readonly string[] }>(text, [
      db.tenant,
      ...(after ?? key.map(() => null)),
    ])
    for (const { row } of rows) yield shownRow(row, of)
    after = rows.length < PAGE ? undefined : rows.at(-1)?.at
  } while (after !== undefined)
}

function pageSql(
  { sql, tenant }: TenantTable,
  key: readonly string[],
  types: readonly string[],
): string {
  const given = types.map((type, at) => `$${at + 2}::${type}`)
  const columns = key.join(', ')
  const texts = key.map((column) => `${column}::text`)
  return `select to_jsonb(t) as row, array[${texts.join(', ')}] as at from ${sql} t
           where ${tenant} = $1 and (${given[0]} is null or (${columns}) > (${given.join(', ')}))
           order by ${columns} limit ${PAGE}`
}

function shownRow(row: object, { hidden, blackedOut }: Outgoing): object {
  const left = Object.entries(row).filter(([name]) => !hidden.has(name))
  return Object.fromEntries(
    left.map(([name, value]) => [name, blackedOut.has(name) && value !== null ? PERSONAL : value]),
  )
}
