import type { Statement } from '../db.ts'
import type { Column } from './column.ts'
import type { Position } from './cursor.ts'
import type { Declaration } from './declaration.ts'
import type { Kind } from './kind.ts'
import { quote } from './names.ts'
import { int } from './number-kinds.ts'
import { uuid } from './text-kinds.ts'
import { timestamp } from './time-kinds.ts'

type BaseColumn = Pick<Column, 'name' | 'kind' | 'nullable' | 'sqlType'>

/** The columns that every row carries besides its fields. `tenant_id` is never read. */
export const BASE_COLUMNS: readonly BaseColumn[] = [
  base('id', uuid, 'uuid'),
  base('version', int, 'integer'),
  base('created_at', timestamp, 'timestamp(3) with time zone'),
  base('updated_at', timestamp, 'timestamp(3) with time zone'),
]

function base(name: string, kind: Kind, sqlType: string): BaseColumn {
  return { name, kind, nullable: false, sqlType }
}

/** Values by column, in the form of a row. */
export type Values = Readonly<Record<string, unknown>>

/** What one page of a list asks for. */
export interface PageRequest {
  /** Rows wanted. */
  readonly limit: number
  readonly offset: number
  readonly after: Position | undefined
}

/** The SQL of one entity; texts that do not depend on the call are made once. */
export interface EntityStatements {
  find(id: string): Statement
  list(page: PageRequest): Statement
  count(): Statement
  insert(id: string, row: Values): Statement
  update(id: string, changes: Values, version?: number): Statement
  remove(id: string, version?: number): Statement
}

/** Compiles the statements of an entity. Every identifier comes from the declaration. */
export function statementsOf({ schema, table, columns }: Declaration): EntityStatements {
  const target = `${quote(schema)}.${quote(table)} as t`
  const row = [...BASE_COLUMNS, ...columns].map(({ name }) => `t.${quote(name)}`).join(', ')
  const order = 'order by t."created_at" desc, t."id" desc limit $1 offset $2'
  const named = new Map(columns.map((column) => [column.name, column]))
  const names = columns.map(({ name }) => quote(name))
  const insertText =
    `insert into ${target} (${['"id"', ...names].join(', ')}) ` +
    `values (${['$1', ...names.map((_, at) => `$${at + 2}`)].join(', ')}) returning ${row}`
  const listText = `select ${row} from ${target} ${order}`
  const afterText =
    `select ${row} from ${target} ` +
    `where (t."created_at", t."id") < ($3::timestamptz, $4::uuid) ${order}`
  const findText = `select ${row} from ${target} where t."id" = $1`

  return {
    find: (id) => ({ text: findText, values: [id] }),
    list: ({ limit, offset, after }) =>
      after === undefined
        ? { text: listText, values: [limit, offset] }
        : { text: afterText, values: [limit, offset, after.createdAt, after.id] },
    count: () => ({ text: `select count(*)::text as total from ${target}` }),
    insert: (id, values) => ({
      text: insertText,
      values: [id, ...columns.map((column) => writeValue(column, values[column.name]))],
    }),
    update: (id, changes, version) => {
      const changed = Object.keys(changes).flatMap((name) => named.get(name) ?? [])
      const sets = changed.map(({ name }, at) => `${quote(name)} = $${at + 2}`)
      const values = changed.map((column) => writeValue(column, changes[column.name]))
      const guard = versionGuard(version, values.length + 2)
      return {
        text: `update ${target} set ${sets.join(', ')} where t."id" = $1${guard.sql} returning ${row}`,
        values: [id, ...values, ...guard.values],
      }
    },
    remove: (id, version) => {
      const guard = versionGuard(version, 2)
      return {
        text: `delete from ${target} where t."id" = $1${guard.sql}`,
        values: [id, ...guard.values],
      }
    },
  }
}

function versionGuard(
  version: number | undefined,
  place: number,
): { sql: string; values: number[] } {
  if (version === undefined) return { sql: '', values: [] }
  return { sql: ` and t."version" = $${place}`, values: [version] }
}

function writeValue({ kind }: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null
  return kind.write === undefined ? value : kind.write(value)
}
