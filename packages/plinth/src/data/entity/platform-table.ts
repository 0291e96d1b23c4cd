import { z } from 'zod'
import type { Column } from './column.ts'
import { anyColumn } from './column.ts'
import { mark } from './mark.ts'
import type { FieldsOf, Shape } from './row.ts'

/** What a platform table has beside its columns. */
export interface PlatformTableOptions {
  /** Columns of the primary key; `id` unless said. */
  readonly key?: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  /** Index by the end of its name (`sessions_` goes before it): columns, in SQL. */
  readonly index?: Readonly<Record<string, string>>
  /** Foreign keys of several columns, by those with `_` between: what they refer to, in SQL. */
  readonly foreign?: Readonly<Record<string, string>>
  /** Conditions beside those of enum columns, by the end of their names, in PostgreSQL's words. */
  readonly check?: Readonly<Record<string, string>>
  readonly triggers?: readonly string[]
  /** Names of its row-level policies; none for a global table. */
  readonly policies?: readonly string[]
}

/** A table of the platform, as data. */
export interface PlatformTable<S extends Shape = Shape> {
  readonly schema: 'plinth'
  readonly table: string
  /**
   * Made and read when they are first asked for, which is what compares them with the catalogue:
   * a service that starts has no use for them.
   * @throws TypeError for a column outside the closed kinds
   */
  readonly columns: readonly Column[]
  readonly options: Required<PlatformTableOptions>
  /** A row; a type only, undefined at run time. */
  readonly row?: FieldsOf<S>
}

/** A row of a platform table, as code reads it. */
export type PlatformRow<T> = T extends { readonly row?: infer R } ? NonNullable<R> : never

/**
 * Declares a table of the platform: columns in the kinds of `entity()`, `bytes()`, and `ref()` to
 * the table of that name. Its SQL is written by hand, in migrations that ship with the package; a
 * test of the catalogue holds the two together.
 */
export function platformTable<const S extends Shape>(
  table: string,
  shape: () => S,
  options: PlatformTableOptions = {},
): PlatformTable<S> {
  let columns: readonly Column[] | undefined
  return Object.freeze({
    schema: 'plinth',
    table,
    get columns() {
      columns ??= columnsOf(shape())
      return columns
    },
    options: {
      key: ['id'],
      unique: [],
      index: {},
      foreign: {},
      check: {},
      triggers: [],
      policies: [],
      ...options,
    },
  })
}

function columnsOf(shape: Shape): readonly Column[] {
  return Object.entries(shape).map(([name, schema]) => anyColumn(name, schema, NO_WIRE))
}

const NO_WIRE = { hidden: true, serverOnly: true, pii: false }

/** Bytes: a hash or a sealed value; `bytea` in the table. */
export function bytes(): z.ZodType<Uint8Array> {
  return mark(z.instanceof(Uint8Array), { kind: 'bytes' })
}
