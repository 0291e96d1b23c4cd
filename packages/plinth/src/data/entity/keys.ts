import type { RawBuilder } from 'kysely'
import type { Column } from './column.ts'
import { columnNamed } from './column-names.ts'
import { isName, objectName, plain } from './names.ts'
import type { Reference } from './ref.ts'
import type { Ownership } from './row.ts'
import { ruleSql } from './rule-sql.ts'

/** Columns under one name: a unique key or an index. The tenant goes before them in the table. */
export interface Key {
  readonly name: string
  readonly columns: readonly string[]
  /** Condition of a partial index: which rows it holds. Undefined for all of them. */
  readonly where: string | undefined
}

/** A named condition in SQL. `field` is the column it is about, undefined for several. */
export interface Check {
  readonly name: string
  readonly expression: string
  readonly field: string | undefined
}

/** A reference with the name of its constraint. */
export interface ForeignKey extends Reference {
  readonly name: string
  readonly column: string
  /** `member`: a person of the tenant (`plinth.memberships`), which no entity declares. */
  readonly target: 'entity' | 'member'
}

/** Everything a table has beside its columns. */
export interface TableKeys {
  readonly primaryKey: string
  readonly uniques: readonly Key[]
  readonly indexes: readonly Key[]
  readonly checks: readonly Check[]
  readonly references: readonly ForeignKey[]
}

interface KeyOptions {
  readonly unique?: readonly (readonly string[])[]
  readonly index?: readonly (readonly string[])[]
  readonly check?: { readonly [name: string]: RawBuilder<unknown> }
}

interface KeyRequest {
  readonly table: string
  readonly columns: readonly Column[]
  readonly owned: Ownership
  readonly softDelete: boolean
  readonly search: readonly string[]
  readonly options: KeyOptions
}

/**
 * Names every constraint and index of a table, the way PostgreSQL itself would.
 * @throws TypeError for a column that is not there, or two objects of one name
 */
export function keysOf(request: KeyRequest): TableKeys {
  const { table, columns, softDelete, options } = request
  const references = referencesOf(request)
  // The list of an entity walks (created_at, id); a reference is looked up from its other end.
  const implied = [['created_at', 'id'], ...references.map(({ column }) => [column])]
  const indexes = [...implied, ...(options.index ?? [])]
  // A deleted row is out of the way of a new one with the same value.
  const live = softDelete ? 'deleted_at is null' : undefined
  const keys: TableKeys = {
    primaryKey: objectName(table, 'pkey'),
    uniques: (options.unique ?? []).map((names) => keyOf(request, 'unique', names, live)),
    indexes: indexes.map((names) => keyOf(request, 'index', names, undefined)),
    checks: [
      ...columns.flatMap((column) => enumCheck(table, column)),
      ...ruleChecks(table, options),
    ],
    references,
  }
  refuseTwins(keys, request.search.length > 0 ? [objectName(table, 'search', 'idx')] : [])
  return keys
}

function keyOf(
  { table, columns }: KeyRequest,
  option: 'unique' | 'index',
  names: readonly string[],
  where: string | undefined,
): Key {
  if (names.length === 0) throw new TypeError(`${option} has a list without columns; name one`)
  const known = [...columns.map(({ name }) => name), 'id', 'created_at', 'updated_at']
  names.forEach((name, at) => {
    columnNamed(option, name, known)
    if (names.indexOf(name) !== at)
      throw new TypeError(`${option} names the column "${name}" twice`)
  })
  return {
    name: objectName(table, ...names, option === 'unique' ? 'key' : 'idx'),
    columns: names,
    where,
  }
}

function referencesOf({ table, columns, owned }: KeyRequest): ForeignKey[] {
  const entities = columns.flatMap(({ name, reference }): ForeignKey[] =>
    reference === undefined
      ? []
      : [{ ...reference, column: name, name: objectName(table, name, 'fkey'), target: 'entity' }],
  )
  if (owned !== 'person') return entities
  const name = objectName(table, 'owner_id', 'fkey')
  // What somebody made stays with the tenant when they leave; it then belongs to nobody.
  const owner = { name, column: 'owner_id', to: 'member', onDelete: 'set null' } as const
  return [...entities, { ...owner, target: 'member' }]
}

function enumCheck(table: string, { name, values }: Column): Check[] {
  if (values === undefined) return []
  const list = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')
  return [
    {
      name: objectName(table, name, 'check'),
      expression: `${plain(name)} in (${list})`,
      field: name,
    },
  ]
}

function ruleChecks(table: string, { check = {} }: KeyOptions): Check[] {
  return Object.entries(check).map(([name, expression]) => {
    if (!isName(name)) throw new TypeError(`check "${name}" must look like [a-z][a-z0-9_]*`)
    return { name: objectName(table, name), expression: ruleSql(expression), field: undefined }
  })
}

function refuseTwins(keys: TableKeys, others: readonly string[]): void {
  const { primaryKey, uniques, indexes, checks, references } = keys
  const names = [
    primaryKey,
    ...others,
    ...[uniques, indexes, checks, references].flat().map(({ name }) => name),
  ]
  const twin = names.find((name, at) => names.indexOf(name) !== at)
  if (twin !== undefined) throw new TypeError(`two keys, indexes or checks are called "${twin}"`)
}
