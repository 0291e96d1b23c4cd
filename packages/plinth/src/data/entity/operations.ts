import type { Db, Statement } from '../db.ts'
import { remove, restore, update } from './change-row.ts'
import type { Declaration } from './declaration.ts'
import type { EntityTable } from './entity-table.ts'
import { insert, insertMany } from './insert-rows.ts'
import type { Expansion, ListOptions, Page, Scope } from './list/list-options.ts'
import { listOf } from './list/list-rows.ts'
import type { MayRefer } from './live-reference.ts'
import type { VersionDemand } from './precondition.ts'
import type { ExpandedRow } from './read-one.ts'
import { current, find, findExpanded } from './read-one.ts'
import type { AnyRow } from './read-row.ts'
import { rowReader } from './read-row.ts'
import { statementsOf } from './statements.ts'

/** When a change may happen, and whose rows it may touch. */
export interface UpdateOptions extends Pick<Scope, 'owner'> {
  /** Only if this, or one of these, is still the current version; else `entity.stale`. */
  readonly version?: VersionDemand | undefined
  /** What its references may be changed to; any row of the tenant unless said. */
  readonly mayRefer?: MayRefer | undefined
}

/** What a new row may do. */
export interface InsertOptions {
  /** What its references may name; any row of the tenant unless said. */
  readonly mayRefer?: MayRefer | undefined
}

/** What is read beside a row, and which rows are seen. */
export interface ExpandOptions extends Scope {
  readonly expand: readonly Expansion[]
}

/** Reading and writing the rows of one entity, in the tenant of the `Db` or `Tx` it is given. */
export interface Operations {
  find(db: Db, id: string, scope?: Scope): Promise<AnyRow | undefined>
  get(db: Db, id: string, scope?: Scope): Promise<AnyRow>
  findExpanded(db: Db, id: string, options: ExpandOptions): Promise<ExpandedRow | undefined>
  list(db: Db, options?: ListOptions): Promise<Page<AnyRow>>
  insert(
    db: Db,
    values: object,
    beside?: (id: string) => readonly Statement[],
    options?: InsertOptions,
  ): Promise<AnyRow>
  insertMany(
    db: Db,
    list: readonly object[],
    beside?: (id: string, at: number) => readonly Statement[],
    options?: InsertOptions,
  ): Promise<readonly AnyRow[]>
  update(db: Db, id: string, changes: object, options?: UpdateOptions): Promise<AnyRow>
  remove(db: Db, id: string, options?: UpdateOptions): Promise<void>
  restore(db: Db, id: string, options?: UpdateOptions): Promise<AnyRow>
}

/** Makes the operations of an entity; their SQL is compiled here, or once for each shape of list. */
export function operationsOf(
  declaration: Declaration,
  schemas: EntityTable['schemas'],
): Operations {
  const read = rowReader(declaration)
  const table: EntityTable = { declaration, schemas, sql: statementsOf(declaration), read }
  const list = listOf(declaration, read)
  return {
    find: (db, id, scope = {}) => find(table, db, { ...scope, id }),
    get: (db, id, scope = {}) => current(table, db, { ...scope, id }),
    findExpanded: (db, id, options) => findExpanded(table, db, { ...options, id }),
    list: (db, options = {}) => list(db, options),
    insert: (db, values, beside = NOTHING, options = {}) =>
      insert(table, db, { ...options, values, beside }),
    insertMany: (db, rows, beside = NOTHING, options = {}) =>
      insertMany(table, db, { ...options, list: rows, beside }),
    update: (db, id, changes, options = {}) =>
      update(table, db, { target: { ...options, id }, changes }),
    remove: (db, id, options = {}) => remove(table, db, { ...options, id }),
    restore: (db, id, options = {}) => restore(table, db, { ...options, id }),
  }
}

const NOTHING = (): readonly Statement[] => []
