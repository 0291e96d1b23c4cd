import type { RawBuilder } from 'kysely'
import type { z } from 'zod'
import type { TablePlace } from './declared-options.ts'
import type { Columns, FieldsOf, Ownership, RowOf, Shape, TextFields, WithImplied } from './row.ts'

/** What changes only the table, beside the shape that changes the value. */
export interface EntityOptions<
  N extends string,
  S extends Shape,
  C extends Shape,
  H extends keyof S,
  W extends keyof S,
  O extends Ownership = 'tenant',
  D extends boolean = false,
> {
  /** Never on the wire, in or out. */
  readonly hidden?: readonly H[]
  /** Clients read it; only code sets it (mass assignment, ASVS 15.3.3). */
  readonly serverOnly?: readonly W[]
  /** Each list is unique within a tenant; among the rows that are not deleted. */
  readonly unique?: readonly Columns<WithImplied<S, O, D>>[]
  /** Each list gets an index that begins with the tenant. */
  readonly index?: readonly Columns<WithImplied<S, O, D>>[]
  /** Texts that `?search=` looks through, word by word. */
  readonly search?: readonly TextFields<S>[]
  /** Personal data: redacted in logs, audit data and exports. */
  readonly pii?: readonly (keyof S & string)[]
  /** Named conditions in SQL that every row keeps. */
  readonly check?: { readonly [name: string]: RawBuilder<unknown> }
  /** Conditions over several fields, checked on the whole row before it is written. */
  readonly rules?: readonly Rule<WithImplied<S, O, D>>[]
  /** Shown but not stored: the schema and how it follows from the row. */
  readonly computed?: {
    readonly [K in keyof C]: readonly [
      C[K],
      (row: RowOf<N, WithImplied<S, O, D>>) => z.output<C[K]>,
    ]
  }
  /**
   * `tenant` (default); `person`: within the tenant, with `owner_id`, which becomes null when that
   * person leaves; `nobody`: the same rows for all tenants.
   */
  readonly owned?: O
  /** Deleting sets `deleted_at` and leaves the row, which can then be restored. */
  readonly softDelete?: D
  /** Name of the table and of the path; the English plural by default. */
  readonly plural?: string
  /** A table that was there before: read and written, never created or changed by migrations. */
  readonly table?: TablePlace
}

/** A condition over several fields: a sentence for the caller, the field to mark, and the test. */
export interface Rule<S extends Shape> {
  readonly message: string
  readonly path: keyof S & string
  readonly holds: (row: FieldsOf<S>) => boolean
}
