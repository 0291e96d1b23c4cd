import type { Declaration } from '../declaration.ts'
import type { ListedColumn } from './base-columns.ts'
import type { Scope, SortField } from './list-options.ts'
import type { ListIndex } from './supported-fields.ts'
import { columnsOf, indexesOf, shownColumn, whyUnknown } from './supported-fields.ts'

/** One column of an order. */
export interface OrderColumn {
  readonly column: ListedColumn
  readonly descending: boolean
}

/** A whole order, or the field that there can be none by, and why. */
export type OrderAnswer =
  | { readonly code: 'ordered'; readonly order: readonly OrderColumn[] }
  | { readonly code: 'refused'; readonly field: string; readonly message: string }

/** Newest first. */
export const NEWEST: readonly SortField[] = [{ field: 'created_at', descending: true }]

/** Most fields that a caller may sort by. */
export const MOST_SORT_FIELDS = 4

/**
 * The order of a list that an index can walk: the fields asked for, the rest of that index, and the
 * id, so that no two rows stand at the same place and a cursor can name one.
 */
export function listOrder(
  declaration: Declaration,
  asked: readonly SortField[],
  deleted?: Scope['deleted'],
): OrderAnswer {
  const columns = new Map(columnsOf(declaration).map((column) => [column.name, column]))
  const fault = firstFault(declaration, asked)
  if (fault !== undefined) return fault
  const [{ field: lead, descending } = NEWEST[0] as SortField] = asked
  const indexes = indexesOf(declaration, deleted).map((index) => upToHidden(index, columns))
  const found = bestIndex(indexes, asked)
  if (found === undefined) return refused(lead, NO_INDEX)
  const { index, matched } = found
  const names = asked.map(({ field }) => field)
  const walked = matched === asked.length ? index.columns : index.columns.slice(0, matched)
  const stepped = walked.flatMap((name) => columns.get(name) ?? [])
  if (!decides(index, stepped)) return refused(lead, UNDECIDED)
  const directions = new Map(asked.map((one) => [one.field, one.descending]))
  const order = [...new Set([...names, ...walked, 'id'])].flatMap((name) => {
    const column = columns.get(name)
    return column ? [{ column, descending: directions.get(name) ?? descending }] : []
  })
  return { code: 'ordered', order: upToId(order) }
}

const NO_INDEX = 'A list cannot be sorted by this: no index begins with it.'
const UNDECIDED =
  'A list cannot be sorted this way: many rows may share one value, and no index goes on from it as asked.'

/**
 * Whether hardly two rows stand at the same place of what is walked of an index. Rows that do are
 * sorted by themselves, and there may be a million with one price, or without any.
 */
function decides(index: ListIndex, walked: readonly ListedColumn[]): boolean {
  const alone = ({ kind, nullable }: ListedColumn): boolean =>
    !nullable && (kind.name === 'timestamp' || kind.name === 'uuid')
  if (walked.some(alone)) return true
  return (
    index.unique &&
    walked.length === index.columns.length &&
    walked.every(({ nullable }) => !nullable)
  )
}

function refused(field: string, message: string): OrderAnswer {
  return { code: 'refused', field, message }
}

function firstFault(
  declaration: Declaration,
  asked: readonly SortField[],
): OrderAnswer | undefined {
  for (const [at, { field }] of asked.entries()) {
    const column = shownColumn(declaration, field)
    if (column === undefined) return refused(field, whyUnknown(declaration, field))
    if (!column.sortable) {
      return refused(field, whyNotSorted(column))
    }
    if (asked.findIndex((one) => one.field === field) !== at) {
      return refused(field, 'Name each field once.')
    }
  }
  return asked.length > MOST_SORT_FIELDS
    ? refused(asked[MOST_SORT_FIELDS]?.field ?? '', `Sort by at most ${MOST_SORT_FIELDS} fields.`)
    : undefined
}

/** A kind that is compared can be sorted by; one column of it still may have no index at all. */
function whyNotSorted({ kind }: ListedColumn): string {
  if (kind.operators.length > 0) return NO_INDEX
  return `A list cannot be sorted by this: a field of kind ${kind.name} has no order that an index keeps.`
}

/**
 * The part of an index that a list may walk. A cursor names each value that it stands at, and its
 * holder can read it: a hidden field has no place there, nor may the order tell which value is greater.
 */
function upToHidden(index: ListIndex, columns: ReadonlyMap<string, ListedColumn>): ListIndex {
  const at = index.columns.findIndex((name) => columns.get(name)?.hidden === true)
  return at === -1 ? index : { columns: index.columns.slice(0, at), unique: false }
}

/** The index that begins with most of the fields, all of them walked in one direction. */
function bestIndex(
  indexes: readonly ListIndex[],
  asked: readonly SortField[],
): { readonly index: ListIndex; readonly matched: number } | undefined {
  const found = indexes
    .map((index) => ({ index, matched: commonPrefix(index.columns, asked) }))
    .filter(({ matched }) => matched > 0)
    .sort((a, b) => b.matched - a.matched || b.index.columns.length - a.index.columns.length)
  return found[0]
}

function commonPrefix(columns: readonly string[], asked: readonly SortField[]): number {
  const differs = asked.findIndex(
    ({ field, descending }, at) =>
      columns[at] !== field || descending !== (asked[0]?.descending ?? descending),
  )
  return differs === -1 ? asked.length : differs
}

/** Nothing after the id changes the order. */
function upToId(order: readonly OrderColumn[]): readonly OrderColumn[] {
  const at = order.findIndex(({ column }) => column.name === 'id')
  return order.slice(0, at + 1)
}
