import type { z } from 'zod'
import type { CanAccess } from '../../access/index.ts'
import { permissions } from '../../access/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Db, Statement } from '../db.ts'
import type { Declaration } from './declaration.ts'
import { declarationOf } from './declaration.ts'
import type { DeclaredOptions } from './declared-options.ts'
import type { Expanded, ListOptions, Page, Scope } from './list/list-options.ts'
import type { ExpandOptions, InsertOptions, Operations, UpdateOptions } from './operations.ts'
import { operationsOf } from './operations.ts'
import type { EntityOptions } from './options.ts'
import { presenterOf } from './present.ts'
import { idSchema } from './ref.ts'
import type {
  Changes,
  ImpliedName,
  NewRow,
  NoFields,
  Ownership,
  RowOf,
  Shape,
  TableOf,
  WireShape,
  WithImplied,
} from './row.ts'
import { schemasOf } from './schemas.ts'
import { withArticle } from './with-article.ts'

/** The four things that a person may be allowed to do with an entity. */
export interface EntityAccess {
  readonly read: CanAccess
  readonly create: CanAccess
  readonly update: CanAccess
  readonly delete: CanAccess
  /** Where rows belong to people: to do the same with the rows of others. */
  readonly all?: CanAccess
}

/** Any declared entity, for code that works on all of them. */
export interface AnyEntity extends Operations {
  readonly name: string
  readonly plural: string
  readonly can: EntityAccess
  readonly declaration: Declaration
  readonly id: z.ZodType<string, string>
  readonly row: z.ZodObject
  readonly shown: z.ZodObject
  readonly create: z.ZodType
  readonly patch: z.ZodType
  /** A row without its hidden fields and with its computed ones: what an answer carries. */
  present(row: object): Record<string, unknown>
}

/**
 * A declared entity: everything that follows from its fields, and its rows.
 * N name, S fields (those that options add among them), C computed ones, H hidden, W server-only
 */
export interface Entity<
  N extends string,
  S extends Shape,
  C extends Shape = NoFields,
  H extends PropertyKey = never,
  W extends PropertyKey = never,
> {
  readonly name: N
  readonly plural: string
  /** Permissions: `access: product.can.read`. */
  readonly can: EntityAccess
  readonly declaration: Declaration
  /** The schema of an identifier, for params: a UUID in its canonical form. No two entities share one. */
  readonly id: z.ZodType<Id<N>, string>
  /** A whole row, as code reads it. */
  readonly row: z.ZodObject<WireShape<N, S>>
  /** What an answer carries. */
  readonly shown: z.ZodObject<Omit<WireShape<N, S>, H> & C>
  /** What a request may give for a new row. */
  readonly create: z.ZodType<Omit<NewRow<S>, H | W>, Omit<NewRow<S>, H | W>>
  /** What a request may change; a field that is not named stays as it is. */
  readonly patch: z.ZodType<Omit<Changes<S>, H | W>, Omit<Changes<S>, H | W>>
  /** The columns as `query()` types them; a type only, undefined at run time. */
  readonly table?: TableOf<N, S>
  /** Written without a detour through its schema, which says the same and takes the compiler longer. */
  present(row: RowOf<N, S>): Omit<RowOf<N, S>, H> & { readonly [K in keyof C]: z.output<C[K]> }
  /** The row, or undefined when there is none in this tenant. */
  find(db: Db, id: Id<N>, scope?: Scope): Promise<RowOf<N, S> | undefined>
  /** The row. @throws entity.not_found */
  get(db: Db, id: Id<N>, scope?: Scope): Promise<RowOf<N, S>>
  /** The row and the rows that it refers to, in one round trip. */
  findExpanded(
    db: Db,
    id: Id<N>,
    options: ExpandOptions,
  ): Promise<{ readonly row: RowOf<N, S>; readonly expanded: Expanded } | undefined>
  /**
   * A page of rows, newest first unless a sort is given.
   * @throws entity.cursor_invalid, or entity.invalid for a filter or sort that no index answers
   */
  list(db: Db, options?: ListOptions): Promise<Page<RowOf<N, S>>>
  /**
   * Writes a new row.
   * @param beside statements that commit with it, in the same round trip
   * @throws entity.invalid, entity.conflict
   */
  insert(
    db: Db,
    values: NewRow<S>,
    beside?: (id: Id<N>) => readonly Statement[],
    options?: InsertOptions,
  ): Promise<RowOf<N, S>>
  /**
   * Writes new rows in one round trip, all or none.
   * @param beside statements that commit with the row at a place of the list
   * @throws entity.invalid, entity.conflict with the place in the list: `body/items/3/sku`
   */
  insertMany(
    db: Db,
    list: readonly NewRow<S>[],
    beside?: (id: Id<N>, at: number) => readonly Statement[],
    options?: InsertOptions,
  ): Promise<readonly RowOf<N, S>[]>
  /**
   * Changes the named fields and no others.
   * @throws entity.not_found, entity.stale, entity.invalid, entity.conflict
   */
  update(db: Db, id: Id<N>, changes: Changes<S>, options?: UpdateOptions): Promise<RowOf<N, S>>
  /**
   * Deletes the row; with `softDelete` it is only marked, and nobody sees it any more.
   * @throws entity.not_found, entity.stale, entity.in_use
   */
  remove(db: Db, id: Id<N>, options?: UpdateOptions): Promise<void>
  /** Takes a marked row back. @throws entity.not_found, entity.stale, entity.conflict */
  restore(db: Db, id: Id<N>, options?: UpdateOptions): Promise<RowOf<N, S>>
}

/** The row of an entity, as code reads it: what is presented, since that names it without its schema. */
export type Row<E> = E extends { present(row: infer R): unknown } ? R : never

/** What an answer carries of an entity. */
export type Shown<E> = E extends { readonly shown: infer R extends z.ZodType } ? z.output<R> : never

/**
 * Declares an entity: a tenant-owned table, its schemas, its SQL.
 * @param name singular noun, `[a-z][a-z0-9_]*`: `product`
 * @param shape a schema of one of the closed kinds for each field
 * @param options what changes only the table or the wire
 * @throws TypeError with one sentence that names the field, for anything outside the closed kinds
 */
export function entity<
  const N extends string,
  S extends Shape,
  C extends Shape = NoFields,
  const H extends keyof S = never,
  const W extends keyof S = never,
  const O extends Ownership = 'tenant',
  const D extends boolean = false,
>(
  name: N,
  shape: S,
  options: EntityOptions<N, S, C, H, W, O, D> = {},
): Entity<N, WithImplied<S, O, D>, C, H, W | ImpliedName<O, D>> {
  const declaration = declarationOf(name, shape, options as DeclaredOptions)
  const { whole, changes, ...schemas } = schemasOf(declaration)
  const built: unknown = Object.freeze({
    name,
    plural: declaration.plural,
    can: accessTo(name, declaration.owned),
    declaration,
    // Of its own: by this very object `plinth attack` knows whose row a parameter names.
    id: idSchema<N>().clone(),
    ...schemas,
    present: presenterOf(declaration),
    ...operationsOf(declaration, { whole, changes }),
  })
  // What the schemas say at run time is what the types say above; the property test over all
  // kinds compares the two.
  return built as Entity<N, WithImplied<S, O, D>, C, H, W | ImpliedName<O, D>>
}

function accessTo(name: string, owned: Ownership): EntityAccess {
  const noun = name.replaceAll('_', ' ')
  if (owned === 'person') {
    return permissions(name, {
      read: `See one's own: ${noun}`,
      create: `Add ${withArticle(noun)}`,
      update: `Change one's own: ${noun}`,
      delete: `Delete one's own: ${noun}`,
      all: `Do the same with every ${noun} of other people`,
    })
  }
  return permissions(name, {
    read: `See every ${noun}`,
    create: `Add ${withArticle(noun)}`,
    update: `Change ${withArticle(noun)}`,
    delete: `Delete ${withArticle(noun)}`,
  })
}
