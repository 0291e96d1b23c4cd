import type { Column } from '../column.ts'
import { plain } from '../names.ts'

/** A name and a definition, to be set in two aligned columns. */
export type Line = readonly [name: string, definition: string]

/** A declared column as CREATE TABLE says it. */
export function columnLine(column: Column): Line {
  const nullability = column.nullable ? '' : ' not null'
  return [plain(column.name), `${shortType(column.sqlType)}${nullability}${defaultSql(column)}`]
}

/** The catalogue's long type names, as people write them. */
export function shortType(sqlType: string): string {
  return sqlType
    .replace('character varying', 'varchar')
    .replace(/^timestamp\((\d)\) with time zone$/, 'timestamptz($1)')
}

/** A text between quotes. Migrations are files, so values stand in them: only declared ones. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function defaultSql({ fallback, kind }: Column): string {
  if (fallback === undefined) return ''
  if (fallback.from === 'literal') {
    return fallback.value === null ? '' : ` default ${valueSql(fallback.value, kind.name)}`
  }
  if (fallback.from === 'uuid') return ' default gen_random_uuid()'
  return ` default ${kind.name === 'date' ? TODAY : 'now()'}`
}

const TODAY = "(now() at time zone 'UTC')::date"

function valueSql(value: unknown, kind: string): string {
  if (kind === 'json') return literal(JSON.stringify(value))
  if (Array.isArray(value)) {
    return value.length === 0
      ? "'{}'"
      : `array[${value.map((item) => literal(String(item))).join(', ')}]`
  }
  return typeof value === 'string' ? literal(value) : String(value)
}
