import type { z } from 'zod'
import type { Kind } from './kind.ts'
import { kindOf } from './kinds.ts'
import { markOf } from './mark.ts'
import { isName } from './names.ts'
import type { Operator } from './operators.ts'
import type { Reference } from './ref.ts'
import { checkReference } from './ref.ts'
import { assertSchema } from './refusals.ts'
import { SEARCH_COLUMN } from './search-column.ts'
import { enumValues } from './text-kinds.ts'
import type { Unwrapped } from './wrappers.ts'
import { unwrap } from './wrappers.ts'

/** One declared column: what the schema of a field says, in the terms of a table. */
export interface Column {
  readonly name: string
  readonly kind: Kind
  /** The declared schema without wrappers, with what its kind demands of every value. */
  readonly schema: z.ZodType
  readonly sqlType: string
  readonly nullable: boolean
  /** Whether a new row may leave it out although it has no default: it is then null. */
  readonly omissible: boolean
  readonly fallback: Fallback | undefined
  readonly description: string | undefined
  readonly reference: Reference | undefined
  /** The allowed texts of an enum, undefined for any other kind. */
  readonly values: readonly string[] | undefined
  /** What a filter may ask of it; `null` only where the column is nullable. */
  readonly operators: readonly Operator[]
  /** Whether a list may be sorted by it: its order is LEAKPROOF, so an index answers. */
  readonly sortable: boolean
  /** Personal data: never in logs, audit data or exports (see `withoutPii`). */
  readonly pii: boolean
  /** Never on the wire, in or out. */
  readonly hidden: boolean
  /** Shown, but set by code only. */
  readonly serverOnly: boolean
}

/** What a new row gets where the caller gives nothing. */
export type Fallback =
  | { readonly from: 'literal'; readonly value: unknown }
  | { readonly from: 'now' | 'uuid' }

/** What the options of an entity say of one field. */
export type FieldOptions = Pick<Column, 'hidden' | 'serverOnly' | 'pii'>

const BASE = new Set(['id', 'tenant_id', 'created_at', 'updated_at', 'version'])

// PostgreSQL 18, 5.6: every table has them, and none can be made.
const SYSTEM = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'])

// What an option adds; see implied-columns.ts. Reserved everywhere, so that the option can come later.
const IMPLIED: Readonly<Record<string, string>> = {
  owner_id: "owned: 'person'",
  deleted_at: 'softDelete: true',
  [SEARCH_COLUMN]: 'search: […]',
}

/**
 * Reads one field of a declaration.
 * @throws TypeError with one sentence that names the field, for a schema outside the closed list
 */
export function columnOf(name: string, schema: z.ZodType, options: FieldOptions): Column {
  if (BASE.has(name)) throw new TypeError('every entity has this column by itself; leave it out')
  if (SYSTEM.has(name)) throw new TypeError('PostgreSQL keeps this name for itself; choose another')
  const option = Object.hasOwn(IMPLIED, name) ? IMPLIED[name] : undefined
  if (option !== undefined)
    throw new TypeError(`the option ${option} makes this column; leave it out`)
  return anyColumn(name, schema, options)
}

/** {@link columnOf}, also for the names that an entity has by itself. */
export function anyColumn(name: string, schema: z.ZodType, options: FieldOptions): Column {
  assertSchema(schema)
  if (!isName(name)) throw new TypeError('a column name must look like [a-z][a-z0-9_]*, at most 40')
  const unwrapped = unwrap(schema)
  const { bare, nullable } = unwrapped
  const kind = kindOf(bare)
  const guarded = kind.guard?.(bare) ?? bare
  const fact = markOf(bare)
  if (fact?.kind === 'reference') checkReference(fact, nullable)
  return {
    name,
    kind,
    schema: guarded,
    sqlType: kind.sqlType(bare),
    nullable,
    omissible: unwrapped.omissible,
    fallback: fallbackOf(kind, guarded, unwrapped),
    description: unwrapped.description,
    reference: fact?.kind === 'reference' ? { to: fact.to, onDelete: fact.onDelete } : undefined,
    values: kind.name === 'enum' ? enumValues(bare) : undefined,
    operators: nullable ? [...kind.operators, 'null'] : kind.operators,
    sortable: kind.operators.length > 0,
    ...options,
  }
}

function fallbackOf(kind: Kind, schema: z.ZodType, unwrapped: Unwrapped): Fallback | undefined {
  const { fallback: value, nullable } = unwrapped
  if (value === undefined) return undefined
  if (kind.generated !== undefined && value === kind.generated) return { from: kind.generated }
  if (value === null && nullable) return { from: 'literal', value }
  const checked = schema.safeParse(value)
  if (!checked.success) {
    throw new TypeError(
      `its default does not satisfy its own schema: ${checked.error.issues[0]?.message}`,
    )
  }
  return { from: 'literal', value: checked.data }
}
