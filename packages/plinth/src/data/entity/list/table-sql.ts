import { CURRENT_TENANT } from '../ddl/tenant-sql.ts'
import type { Declaration } from '../declaration.ts'
import { quote } from '../names.ts'
import { BASE_COLUMNS } from './base-columns.ts'
import type { Scope } from './list-options.ts'

/** The table of an entity under the name `t`. */
export function tableOf({ schema, table }: Declaration): string {
  return `${quote(schema)}.${quote(table)} as t`
}

/** The columns of a row, in its order. */
export function rowColumns(declaration: Declaration): string {
  return rowNames(declaration)
    .map((name) => {
      const sql = columnSql(declaration, name)
      return name === 'id' && declaration.key !== 'id' ? `${sql} as "id"` : sql
    })
    .join(', ')
}

/** The names of a row's columns: id, fields, then what every row carries. */
export function rowNames({ columns }: Declaration): readonly string[] {
  const [id = 'id', ...rest] = BASE_COLUMNS.map(({ name }) => name)
  return [id, ...columns.map(({ name }) => name), ...rest]
}

/** A column in SQL; a table that was there before may call its key otherwise. */
export function columnSql({ key }: Pick<Declaration, 'key'>, name: string): string {
  return `t.${quote(name === 'id' ? key : name)}`
}

/**
 * Conditions on which rows an operation sees at all. The tenant is the first of them: what is asked
 * for stays in its tenant by the statement itself, also where row-level security was lost.
 */
export function scopeSql(
  { softDelete, tenant }: Declaration,
  { owner, deleted = 'without' }: Scope,
  place: () => string,
): readonly string[] {
  return [
    ...(tenant === undefined ? [] : [`t.${quote(tenant)} = ${CURRENT_TENANT}`]),
    ...(owner === undefined ? [] : [`t."owner_id" = ${place()}::uuid`]),
    ...(softDelete && deleted === 'without' ? ['t."deleted_at" is null'] : []),
    ...(softDelete && deleted === 'only' ? ['t."deleted_at" is not null'] : []),
  ]
}
