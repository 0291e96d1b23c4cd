import type { ColumnType } from 'kysely'
import type { z } from 'zod'
import type { Id } from '../../kernel/index.ts'

/** The fields of an entity: each a Zod schema of one of the closed kinds. */
export type Shape = { readonly [column: string]: z.ZodType }

/**
 * Whose rows they are: the tenant's; a person's within the tenant, by `owner_id`; or nobody's, the
 * same for all tenants.
 */
export type Ownership = 'tenant' | 'person' | 'nobody'

/** Who owns the row; null once that person has left the tenant. */
type OwnerField = { readonly owner_id: z.ZodNullable<z.ZodType<Id<'person'>, string>> }

/** When the row was deleted; null while it is there. */
type DeletedField = {
  readonly deleted_at: z.ZodOptional<z.ZodNullable<z.ZodType<string, string>>>
}

/** The declared fields, and those that options add. */
export type WithImplied<S extends Shape, O extends Ownership, D extends boolean> = S &
  (O extends 'person' ? OwnerField : unknown) &
  (D extends true ? DeletedField : unknown)

/** The names of the fields that options add. Only code sets them. */
export type ImpliedName<O extends Ownership, D extends boolean> =
  | (O extends 'person' ? 'owner_id' : never)
  | (D extends true ? 'deleted_at' : never)

/** The fields of nothing. */
export type NoFields = Record<never, never>

/** What every row has beside its declared fields. `tenant_id` is stamped and never leaves. */
export interface BaseRow<N extends string> {
  readonly id: Id<N>
  /** Grows by one with each change; the ETag. */
  readonly version: number
  /** ISO 8601, UTC, milliseconds. */
  readonly created_at: string
  readonly updated_at: string
}

/** A field as a row holds it: what may be left out is null there. */
export type Stored<T extends z.ZodType> =
  undefined extends z.output<T> ? Exclude<z.output<T>, undefined> | null : z.output<T>

/** A field as a caller gives it. */
export type Given<T extends z.ZodType> =
  null extends Stored<T> ? Exclude<z.input<T>, undefined> | null : Exclude<z.input<T>, undefined>

type Omissible<S extends Shape> = {
  [K in keyof S]: undefined extends z.input<S[K]> ? K : never
}[keyof S]

/** The declared fields of a row. */
export type FieldsOf<S extends Shape> = { readonly [K in keyof S]: Stored<S[K]> }

/** A whole row, as code reads it. */
export type RowOf<N extends string, S extends Shape> = FieldsOf<S> & BaseRow<N>

/** What a new row needs: fields with a default, and optional ones, may be left out. */
export type NewRow<S extends Shape> = {
  readonly [K in Exclude<keyof S, Omissible<S>>]: Given<S[K]>
} & {
  readonly [K in Omissible<S>]?: Given<S[K]>
}

/** What a change may name: any field, each only if it is to change. */
export type Changes<S extends Shape> = { readonly [K in keyof S]?: Given<S[K]> }

/** A list of columns, checked by the compiler. */
export type Columns<S extends Shape> = readonly (
  | (keyof S & string)
  | 'id'
  | 'created_at'
  | 'updated_at'
)[]

/** The fields that hold text. */
export type TextFields<S extends Shape> = {
  [K in keyof S]: Stored<S[K]> extends string | null ? K : never
}[keyof S] &
  string

/** The table as Kysely sees it. What the database or the library sets cannot be written there. */
export type TableOf<N extends string, S extends Shape> = {
  readonly [K in keyof S]: ColumnType<
    Stored<S[K]>,
    K extends Omissible<S> ? Given<S[K]> | undefined : Given<S[K]>,
    Given<S[K]>
  >
} & {
  readonly id: ColumnType<Id<N>, Id<N>, never>
  readonly version: ColumnType<number, never, never>
  readonly created_at: ColumnType<string, never, never>
  readonly updated_at: ColumnType<string, never, never>
}

type BaseShape<N extends string> = {
  readonly id: z.ZodType<Id<N>, string>
  readonly version: z.ZodType<number, number>
  readonly created_at: z.ZodType<string, string>
  readonly updated_at: z.ZodType<string, string>
}

/** The schemas of a row's fields as they travel outwards. */
export type WireShape<N extends string, S extends Shape> = {
  readonly [K in keyof S]: z.ZodType<Stored<S[K]>, Stored<S[K]>>
} & BaseShape<N>
