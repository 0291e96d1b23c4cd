import { NIL_ID } from '../../kernel/index.ts'
import type { Column } from './column.ts'
import type { Declaration } from './declaration.ts'
import { columnSql, scopeSql, tableOf } from './list/table-sql.ts'

/**
 * Whose rows alone a new reference may name, by the entity that it refers to: asked where the rows of
 * that belong to people, and undefined for anybody's.
 */
export type MayRefer = (entity: string) => string | undefined

// By name, because a reference has nothing else: two that refer to each other could not import each
// other. A service has one entity of a name, or does not start.
const declared = new Map<string, Declaration>()

/** Remembers an entity for those that refer to it by its name. */
export function rememberDeclared(declaration: Declaration): void {
  declared.set(declaration.name, declaration)
}

/** By column, the person whose rows alone a reference may name; none for a reference to anybody's. */
export function ownersOf(
  declaration: Declaration,
  columns: readonly Column[],
  mayRefer: MayRefer | undefined,
): ReadonlyMap<string, string> {
  if (mayRefer === undefined) return NOBODY
  const owners = columns.flatMap((column): [string, string][] => {
    const target = targetOf(declaration, column)
    const owner = target?.owned === 'person' ? mayRefer(target.name) : undefined
    return owner === undefined ? [] : [[column.name, owner]]
  })
  return new Map(owners)
}

const NOBODY: ReadonlyMap<string, string> = new Map()

/** Where a new value stands in its statement. */
export interface ValuePlace {
  /** `$3` */
  readonly place: string
  /** Where the person stands whose rows alone it may name: `$9`. */
  readonly owner: string | undefined
}

/**
 * A new value of a column. A deleted row that is kept, or one of another person, would satisfy the
 * foreign key, so a reference to it becomes a reference to no row at all, which the key refuses: who
 * may not see a row learns nothing of it. In a table that is migrated elsewhere no key of ours stands, so
 * every reference is looked up, and no row is refused by the statement. The row is held until this
 * transaction ends, by the lock that the key takes anyway: whoever deletes it meanwhile waits.
 */
export function newValueSql(
  declaration: Declaration,
  column: Column,
  { place, owner }: ValuePlace,
): string {
  const target = targetOf(declaration, column)
  const isFree = owner === undefined && !target?.softDelete && declaration.migrated === 'here'
  if (target === undefined || isFree) return place
  const scope = scopeSql(target, { owner }, () => owner ?? place)
  const live =
    `select ${columnSql(target, 'id')} from ${tableOf(target)} ` +
    `where ${[`${columnSql(target, 'id')} = ${place}::uuid`, ...scope].join(' and ')}${held(target)}`
  return `case when ${place}::uuid is null then null else coalesce((${live}), ${noRow(declaration, column)}) end`
}

/** The app may not lock what it may only read, as a table that is migrated elsewhere can be. */
function held({ migrated }: Declaration): string {
  return migrated === 'here' ? ' for key share' : ''
}

/** What stands where no row was found: an id that the foreign key refuses, or a refusal at once. */
function noRow({ migrated, references }: Declaration, { name }: Column): string {
  const key = references.find(({ column }) => column === name)
  return migrated === 'here' || key === undefined
    ? `'${NIL_ID}'`
    : `plinth.no_such_row('${key.name}')`
}

/** What a column changes to: a reference that stays as it was may go on pointing where it does. */
export function changedValueSql(declaration: Declaration, column: Column, at: ValuePlace): string {
  const { place } = at
  const value = newValueSql(declaration, column, at)
  if (value === place) return place
  const now = columnSql(declaration, column.name)
  return `case when ${now} is not distinct from ${place}::uuid then ${now} else ${value} end`
}

/** The entity that a column refers to, if it has to be asked which of its rows may be named. */
function targetOf({ migrated }: Declaration, { reference }: Column): Declaration | undefined {
  const target = reference === undefined ? undefined : declared.get(reference.to)
  if (target === undefined || migrated === 'elsewhere') return target
  return target.softDelete || target.owned === 'person' ? target : undefined
}
