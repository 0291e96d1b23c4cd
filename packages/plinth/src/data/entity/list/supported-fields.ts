import type { Declaration } from '../declaration.ts'
import type { Key } from '../keys.ts'
import type { Operator } from '../operators.ts'
import type { ListedColumn } from './base-columns.ts'
import { BASE_COLUMNS } from './base-columns.ts'
import type { Scope } from './list-options.ts'

/** A column, and what a list may ask of it. */
export interface FilterField {
  readonly column: ListedColumn
  readonly operators: readonly Operator[]
}

/** An index that a list can stand on: its columns after the tenant. */
export interface ListIndex {
  readonly columns: readonly string[]
  readonly unique: boolean
}

/**
 * Everything that a list may be filtered by. Below a row-level policy PostgreSQL takes an index
 * only for LEAKPROOF operators, and without an index that begins with the field a filter reads the
 * whole table: so a field needs both, an operator and an index.
 */
export function filterFields(
  declaration: Declaration,
  deleted: Scope['deleted'] = 'without',
): ReadonlyMap<string, FilterField> {
  const led = new Set(indexesOf(declaration, deleted).map(({ columns }) => columns[0]))
  const fields = columnsOf(declaration).flatMap((column) =>
    led.has(column.name) && column.operators.length > 0
      ? [[column.name, { column, operators: column.operators }] as const]
      : [],
  )
  return new Map(fields)
}

/** Why a list cannot be filtered by a field: one sentence for the caller. */
export function whyNotFiltered(declaration: Declaration, field: string): string {
  const column = shownColumn(declaration, field)
  if (column === undefined) return whyUnknown(declaration, field)
  if (column.operators.length === 0) {
    return `A list cannot be filtered by this: no index can answer for a field of kind ${column.kind.name}.`
  }
  return 'A list cannot be filtered by this: no index begins with it.'
}

/** Why a name is no column at all: one sentence for the caller. */
export function whyUnknown({ computed }: Declaration, field: string): string {
  return computed.some(({ name }) => name === field)
    ? 'This field is computed and not stored: a list can be neither filtered nor sorted by it.'
    : 'There is no such field.'
}

/** A column that callers may know of, by name. */
export function shownColumn(declaration: Declaration, field: string): ListedColumn | undefined {
  return columnsOf(declaration).find(({ name, hidden }) => name === field && !hidden)
}

/**
 * The indexes that begin with the tenant, or for a table of nobody with the first column.
 * @param deleted whether deleted rows are listed too: a unique key holds none of them
 */
export function indexesOf(
  { indexes, uniques }: Declaration,
  deleted: Scope['deleted'] = 'without',
): readonly ListIndex[] {
  const holds = ({ where }: Key): boolean => where === undefined || deleted === 'without'
  return [
    { columns: ['id'], unique: true },
    ...indexes.filter(holds).map(({ columns }) => ({ columns, unique: false })),
    ...uniques.filter(holds).map(({ columns }) => ({ columns, unique: true })),
  ]
}

/** Every column of a row, by declaration order. */
export function columnsOf({ columns }: Declaration): readonly ListedColumn[] {
  return [...BASE_COLUMNS, ...columns]
}
