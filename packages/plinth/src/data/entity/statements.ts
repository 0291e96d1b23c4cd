import type { Statement } from '../db.ts'
import type { Column } from './column.ts'
import type { Declaration } from './declaration.ts'
import type { Scope } from './list/list-options.ts'
import { columnSql, rowColumns, scopeSql, tableOf } from './list/table-sql.ts'
import type { MayRefer, ValuePlace } from './live-reference.ts'
import { changedValueSql, newValueSql, ownersOf, rememberDeclared } from './live-reference.ts'
import { quote } from './names.ts'
import type { VersionDemand } from './precondition.ts'

/** Values by column, in the form of a row. */
export type Values = Readonly<Record<string, unknown>>

/** Which row a statement is about: its id, perhaps its version, and who may see it. */
export interface Target extends Scope {
  readonly id: string
  readonly version?: VersionDemand | undefined
  /** What its changes may refer to; anything unless said. */
  readonly mayRefer?: MayRefer | undefined
}

/** The SQL of one entity; texts that do not depend on the call are made once. */
export interface EntityStatements {
  find(target: Target): Statement
  /** The same row's reference alone, to stand inside another statement. */
  reference(target: Target, column: string): Statement
  insert(id: string, row: Values, mayRefer?: MayRefer): Statement
  update(target: Target, changes: Values): Statement
  remove(target: Target): Statement
  restore(target: Target): Statement
}

/** Compiles the statements of an entity. Every identifier comes from the declaration. */
export function statementsOf(declaration: Declaration): EntityStatements {
  rememberDeclared(declaration)
  const { columns, softDelete, key } = declaration
  const table = tableOf(declaration)
  const row = rowColumns(declaration)
  const named = new Map(columns.map((column) => [column.name, column]))
  const names = columns.map(({ name }) => quote(name))
  // Made with the first row: by then every module has declared its entities.
  let insertText: string | undefined
  const insertSql = (owners: Owners) => {
    const values = columns.map((column, at) =>
      newValueSql(declaration, column, placeOf(column, at + 2, owners, columns.length + 2)),
    )
    return (
      `insert into ${table} (${[quote(key), ...names].join(', ')}) ` +
      `values (${['$1', ...values].join(', ')}) returning ${row}`
    )
  }
  const findText = `select ${row} from ${table}${condition(declaration, {}, 1).sql}`
  const moved = (sets: string, target: Target, before: readonly unknown[] = []): Statement => {
    const { sql, values } = condition(declaration, target, before.length + 1)
    return {
      text: `update ${table} set ${sets}${sql} returning ${row}`,
      values: [...before, target.id, ...values],
    }
  }
  return {
    find: (target) => {
      if (target.owner === undefined && target.deleted === undefined) {
        return { text: findText, values: [target.id] }
      }
      const { sql, values } = condition(declaration, target, 1)
      return { text: `select ${row} from ${table}${sql}`, values: [target.id, ...values] }
    },
    reference: (target, column) => {
      const { sql, values } = condition(declaration, target, 1)
      return {
        text: `select t.${quote(column)} from ${table}${sql}`,
        values: [target.id, ...values],
      }
    },
    insert: (id, row, mayRefer) => {
      const owners = ownersOf(declaration, columns, mayRefer)
      const values = [id, ...columns.map((column) => writeValue(column, row[column.name]))]
      if (owners.size > 0)
        return { text: insertSql(owners), values: [...values, ...owners.values()] }
      insertText ??= insertSql(owners)
      return { text: insertText, values }
    },
    update: (target, changes) => {
      const changed = Object.keys(changes).flatMap((name) => named.get(name) ?? [])
      const owners = ownersOf(declaration, changed, target.mayRefer)
      const sets = changed.map((column, at) => {
        const place = placeOf(column, at + 1, owners, changed.length + 1)
        return `${quote(column.name)} = ${changedValueSql(declaration, column, place)}`
      })
      const values = changed.map((column) => writeValue(column, changes[column.name]))
      return moved(sets.join(', '), target, [...values, ...owners.values()])
    },
    remove: (target) => {
      const { sql, values } = condition(declaration, target, 1)
      if (softDelete) return { text: softRemoval(declaration, sql), values: [target.id, ...values] }
      return { text: `delete from ${table}${sql}`, values: [target.id, ...values] }
    },
    restore: (target) => moved('"deleted_at" = null', { ...target, deleted: 'only' }),
  }
}

type Owners = ReturnType<typeof ownersOf>

/** Where a value stands, and the person whose rows it may name: these come after all values. */
function placeOf({ name }: Column, at: number, owners: Owners, firstOwner: number): ValuePlace {
  const among = [...owners.keys()].indexOf(name)
  return { place: `$${at}`, owner: among < 0 ? undefined : `$${firstOwner + among}` }
}

/**
 * Marks a row as deleted. It is held as if it went for good: who just refers to it is waited for, and
 * who comes after that sees the mark.
 */
function softRemoval(declaration: Declaration, where: string): string {
  const [table, id] = [tableOf(declaration), columnSql(declaration, 'id')]
  return (
    `update ${table} set "deleted_at" = now() ` +
    `where ${id} = (select ${id} from ${table}${where} for update) ` +
    `returning ${rowColumns(declaration)}`
  )
}

/** Which row: the id stands at `$place`, what else is demanded of it after that. */
function condition(
  declaration: Declaration,
  target: Omit<Target, 'id'>,
  place: number,
): { readonly sql: string; readonly values: readonly unknown[] } {
  const { version, owner } = target
  let at = place
  const next = (): string => {
    at += 1
    return `$${at}`
  }
  const guards = guardsOf(version)
  const where = [
    `${columnSql(declaration, 'id')} = $${place}`,
    ...guards.map(({ sql }) => sql(next())),
    ...scopeSql(declaration, target, next),
  ]
  return {
    sql: ` where ${where.join(' and ')}`,
    values: [...guards.map(({ value }) => value), owner].filter((value) => value !== undefined),
  }
}

interface Guard {
  readonly value: unknown
  sql(place: string): string
}

function guardsOf(version: VersionDemand | undefined): readonly Guard[] {
  if (version === undefined) return []
  if (typeof version === 'number') return [{ value: version, sql: (at) => `t."version" = ${at}` }]
  const { among, except } = version
  return [
    { value: among, sql: (at: string) => `t."version" = any(${at}::integer[])` },
    { value: except, sql: (at: string) => `t."version" <> all(${at}::integer[])` },
  ].filter(({ value }) => value !== undefined)
}

function writeValue({ kind }: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null
  return kind.write === undefined ? value : kind.write(value)
}
