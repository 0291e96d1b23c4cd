import type { RawBuilder } from 'kysely'
import type { Column } from './column.ts'
import { isName, objectName, plain } from './names.ts'
import type { Reference } from './ref.ts'
import { ruleSql } from './rule-sql.ts'

/** Columns under one name: a unique key or an index. The tenant goes before them in the table. */
export interface Key {
  readonly name: string
  readonly columns: readonly string[]
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

/**
 * Names every constraint and index of a table, the way PostgreSQL itself would.
 * @throws TypeError for a column that is not there, or two objects of one name
 */
export function keysOf(table: string, columns: readonly Column[], options: KeyOptions): TableKeys {
  const known = new Set([...columns.map(({ name }) => name), 'id', 'created_at', 'updated_at'])
  const key = (suffix: string) => (names: readonly string[]) => {
    const missing = names.find((name) => !known.has(name))
    if (missing !== undefined || names.length === 0) {
      throw new TypeError(`a key or index names the column "${missing}", which is not declared`)
    }
    return { name: objectName(table, ...names, suffix), columns: names }
  }
  const references = columns.flatMap(({ name, reference }) =>
    reference ? { ...reference, column: name, name: objectName(table, name, 'fkey') } : [],
  )
  // The list of an entity walks (created_at, id); a reference is looked up from its other end.
  const implied = [['created_at', 'id'], ...references.map(({ column }) => [column])]
  const keys: TableKeys = {
    primaryKey: objectName(table, 'pkey'),
    uniques: (options.unique ?? []).map(key('key')),
    indexes: [...implied, ...(options.index ?? [])].map(key('idx')),
    checks: [
      ...columns.flatMap((column) => enumCheck(table, column)),
      ...ruleChecks(table, options),
    ],
    references,
  }
  refuseTwins(keys)
  return keys
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

function refuseTwins({ primaryKey, uniques, indexes, checks, references }: TableKeys): void {
  const names = [
    primaryKey,
    ...[uniques, indexes, checks, references].flat().map(({ name }) => name),
  ]
  const twin = names.find((name, at) => names.indexOf(name) !== at)
  if (twin !== undefined) throw new TypeError(`two keys, indexes or checks are called "${twin}"`)
}
