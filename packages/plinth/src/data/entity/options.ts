import type { RawBuilder } from 'kysely'
import type { z } from 'zod'
import type { Columns, FieldsOf, RowOf, Shape } from './row.ts'

/** What changes only the table, beside the shape that changes the value. */
export interface EntityOptions<
  N extends string,
  S extends Shape,
  C extends Shape,
  H extends keyof S,
  W extends keyof S,
> {
  /** Never on the wire, in or out. */
  readonly hidden?: readonly H[]
  /** Clients read it; only code sets it (mass assignment, ASVS 15.3.3). */
  readonly serverOnly?: readonly W[]
  /** Each list is unique within a tenant. */
  readonly unique?: readonly Columns<S>[]
  /** Each list gets an index that begins with the tenant. */
  readonly index?: readonly Columns<S>[]
  /** Named conditions in SQL that every row keeps. */
  readonly check?: { readonly [name: string]: RawBuilder<unknown> }
  /** Conditions over several fields, checked on the whole row before it is written. */
  readonly rules?: readonly Rule<S>[]
  /** Shown but not stored: the schema and how it follows from the row. */
  readonly computed?: {
    readonly [K in keyof C]: readonly [C[K], (row: RowOf<N, S>) => z.output<C[K]>]
  }
  /** Name of the table and of the path; the English plural by default. */
  readonly plural?: string
  /** A table that was there before: read and written, never created or changed by migrations. */
  readonly table?: {
    readonly schema: string
    readonly name: string
    readonly migrated: 'elsewhere'
  }
}

/** A condition over several fields: a sentence for the caller, the field to mark, and the test. */
export interface Rule<S extends Shape> {
  readonly message: string
  readonly path: keyof S & string
  readonly holds: (row: FieldsOf<S>) => boolean
}
