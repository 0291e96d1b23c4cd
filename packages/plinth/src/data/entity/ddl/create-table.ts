import { roles } from '../../roles/role-names.ts'
import type { Declaration } from '../declaration.ts'
import type { AnyEntity } from '../entity.ts'
import type { ForeignKey } from '../keys.ts'
import { plain } from '../names.ts'
import type { Line } from './column-sql.ts'
import { columnLine } from './column-sql.ts'

/** The tenant that the connection stands in; NULL, and so no row, when it stands in none. */
const CURRENT_TENANT = "nullif(current_setting('plinth.tenant_id', true), '')::uuid"

/**
 * The SQL that makes an entity's table: columns, keys, indexes, row-level security, grants.
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
  const statements = [
    `create table ${table} (\n${body}\n)`,
    ...declaration.indexes.map(
      ({ name, columns }) =>
        `create index ${name} on ${table} (${columnList(['tenant_id', ...columns])})`,
    ),
    `create trigger ${declaration.table}_touch before update on ${table}\n` +
      '  for each row execute function plinth.touch_row()',
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy tenant on ${table}\n  using (tenant_id = ${CURRENT_TENANT})\n` +
      `  with check (tenant_id = ${CURRENT_TENANT})`,
    `grant select, insert, update, delete on ${table} to ${roles.app}`,
    `grant select on ${table} to ${roles.readonly}`,
  ]
  return grouped(statements)
}

/** The SQL that takes an entity's table away, rows and all. */
export function dropTableSql({ declaration }: Pick<AnyEntity, 'declaration'>): string {
  refuseForeign(declaration)
  return `drop table ${tableName(declaration)};\n`
}

function columnLines({ columns }: Declaration): string[] {
  const lines: Line[] = [
    ['id', 'uuid not null'],
    ['tenant_id', `uuid not null default ${CURRENT_TENANT}`],
    ...columns.map(columnLine),
    ['version', 'integer not null default 1'],
    ['created_at', 'timestamptz(3) not null default now()'],
    ['updated_at', 'timestamptz(3) not null default now()'],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, definition]) => `${name.padEnd(width)} ${definition}`)
}

function constraintLines(declaration: Declaration, known: readonly Declaration[]): string[] {
  const { primaryKey, uniques, checks, references } = declaration
  return [
    `constraint ${primaryKey} primary key (tenant_id, id)`,
    ...uniques.map(
      ({ name, columns }) => `constraint ${name} unique (${columnList(['tenant_id', ...columns])})`,
    ),
    ...checks.map(({ name, expression }) => `constraint ${name} check (${expression})`),
    ...references.map(
      (key) => `constraint ${key.name} ${foreignKeySql(key, targetOf(key, declaration, known))}`,
    ),
  ]
}

/** The definition of a foreign key: within the tenant, so that no row can point into another. */
export function foreignKeySql({ column, onDelete }: ForeignKey, target: Declaration): string {
  const own = `foreign key (${columnList(['tenant_id', column])})`
  const other = `references ${tableName(target)} (tenant_id, id)`
  // SET NULL names its column: tenant_id itself must stay.
  const action = onDelete === 'set null' ? `set null (${plain(column)})` : onDelete
  return `${own} ${other} on delete ${action}`
}

/**
 * The entity that a reference points at.
 * @throws TypeError when it is not among those given
 */
export function targetOf(
  { to, column }: ForeignKey,
  { name }: Declaration,
  known: readonly Declaration[],
): Declaration {
  const target = known.find((other) => other.name === to)
  if (target !== undefined) return target
  throw new TypeError(`${name}.${column} refers to "${to}", which is not among the entities given`)
}

/** Schema and table, as SQL text. */
export function tableName({ schema, table }: Declaration): string {
  return `${plain(schema)}.${plain(table)}`
}

function columnList(columns: readonly string[]): string {
  return columns.map(plain).join(', ')
}

function refuseForeign({ name, migrated }: Declaration): void {
  if (migrated === 'here') return
  throw new TypeError(
    `the table of "${name}" is migrated elsewhere; Plinth does not create or drop it`,
  )
}

/** One statement a paragraph; those of one kind that follow each other share one. */
function grouped(statements: readonly string[]): string {
  const verb = (statement: string) => statement.split(/\W+/, 2).join(' ')
  return statements.reduce((text, statement, at) => {
    const before = statements[at - 1]
    const gap = before === undefined || verb(before) === verb(statement) ? '' : '\n'
    return `${text}${gap}${statement};\n`
  }, '')
}
