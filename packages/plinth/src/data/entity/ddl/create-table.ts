import { roles } from '../../roles/role-names.ts'
import type { Declaration } from '../declaration.ts'
import type { AnyEntity } from '../entity.ts'
import { SEARCH_COLUMN } from '../search-column.ts'
import type { Line } from './column-sql.ts'
import { columnLine } from './column-sql.ts'
import { foreignKeySql } from './foreign-key.ts'
import { dropSearchSql, searchColumn, searchIndex, searchStatements } from './search-sql.ts'
import { keyColumns, tableName } from './table-name.ts'
import { CURRENT_TENANT, tenantCondition } from './tenant-sql.ts'

/**
 * The SQL that makes an entity's table: columns, keys, indexes, row-level security, grants, search.
 * @param others the entities that it refers to
 * @throws TypeError when a reference names none of them, or the table is migrated elsewhere
 */
export function createTableSql(
  { declaration }: Pick<AnyEntity, 'declaration'>,
  others: readonly Pick<AnyEntity, 'declaration'>[] = [],
): string {
  refuseForeign(declaration)
  const known = [declaration, ...others.map((other) => other.declaration)]
  const table = tableName(declaration)
  const constraints = constraintLines(declaration, known)
  const body = [...columnLines(declaration), ...constraints].map((line) => `  ${line}`).join(',\n')
  return grouped([
    `create table ${table} (\n${body}\n)`,
    ...indexStatements(declaration),
    `create trigger ${declaration.table}_touch before update on ${table}\n` +
      '  for each row execute function plinth.touch_row()',
    ...securityStatements(declaration),
    `grant select, insert, update, delete on ${table} to ${roles.app}`,
    `grant select on ${table} to ${roles.readonly}`,
    ...(declaration.search.length > 0 ? searchStatements(declaration) : []),
  ])
}

/** The SQL that takes an entity's table away, rows and all. */
export function dropTableSql({ declaration }: Pick<AnyEntity, 'declaration'>): string {
  refuseForeign(declaration)
  const search = declaration.search.length > 0 ? dropSearchSql(declaration) : ''
  return `${search}drop table ${tableName(declaration)};\n`
}

function columnLines(declaration: Declaration): string[] {
  const { columns, tenant, search } = declaration
  const lines: Line[] = [
    ['id', 'uuid not null'],
    ...(tenant ? [[tenant, `uuid not null default ${CURRENT_TENANT}`] as const] : []),
    ...columns.map(columnLine),
    ['version', 'integer not null default 1'],
    ['created_at', 'timestamptz(3) not null default now()'],
    ['updated_at', 'timestamptz(3) not null default now()'],
    ...(search.length > 0 ? [searchColumn(declaration)] : []),
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, definition]) => `${name.padEnd(width)} ${definition}`)
}

function constraintLines(declaration: Declaration, known: readonly Declaration[]): string[] {
  const { primaryKey, uniques, checks, references } = declaration
  return [
    `constraint ${primaryKey} primary key (${keyColumns(declaration, ['id'])})`,
    ...uniques
      .filter(({ where }) => where === undefined)
      .map(
        ({ name, columns }) => `constraint ${name} unique (${keyColumns(declaration, columns)})`,
      ),
    ...checks.map(({ name, expression }) => `constraint ${name} check (${expression})`),
    ...references.map((key) => `constraint ${key.name} ${foreignKeySql(key, declaration, known)}`),
  ]
}

function indexStatements(declaration: Declaration): string[] {
  const table = tableName(declaration)
  const partial = declaration.uniques.flatMap(({ name, columns, where }) =>
    where === undefined
      ? []
      : `create unique index ${name} on ${table} (${keyColumns(declaration, columns)}) where ${where}`,
  )
  const plainOnes = declaration.indexes.map(
    ({ name, columns }) => `create index ${name} on ${table} (${keyColumns(declaration, columns)})`,
  )
  const words = `create index ${searchIndex(declaration)} on ${table} using gin (${SEARCH_COLUMN})`
  return [...partial, ...plainOnes, ...(declaration.search.length > 0 ? [words] : [])]
}

function securityStatements(declaration: Declaration): string[] {
  if (declaration.tenant === undefined) return []
  const table = tableName(declaration)
  const condition = tenantCondition(declaration)
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy tenant on ${table}\n  using (${condition})\n  with check (${condition})`,
  ]
}

function refuseForeign({ name, migrated }: Declaration): void {
  if (migrated === 'here') return
  throw new TypeError(
    `the table of "${name}" is migrated elsewhere; Plinth does not create or drop it`,
  )
}

/** One statement a paragraph; those of one kind that follow each other share one. */
function grouped(statements: readonly string[]): string {
  const verb = (statement: string) =>
    statement
      .replace(/^--.*\n/gm, '')
      .split(/\W+/, 2)
      .join(' ')
  return statements.reduce((text, statement, at) => {
    const before = statements[at - 1]
    const gap = before === undefined || verb(before) === verb(statement) ? '' : '\n'
    return `${text}${gap}${statement};\n`
  }, '')
}
