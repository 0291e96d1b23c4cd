import type { Declaration } from '../declaration.ts'
import type { ListedColumn } from './base-columns.ts'
import type { OrderColumn } from './list-order.ts'
import { columnSql } from './table-sql.ts'

/** The values of an order's columns in the row after which a page begins. */
export type Position = readonly unknown[]

/** An order, and a place in it. */
export interface Place {
  readonly declaration: Pick<Declaration, 'key'>
  readonly order: readonly OrderColumn[]
  readonly position: Position
}

/** A stretch of the order that one index range holds; a page reads them one after the other. */
export interface Stretch {
  /** Conditions on the columns of the order. */
  readonly where: readonly string[]
  /** Which of the position's values those conditions name, in the order of their places. */
  readonly uses: readonly number[]
}

/**
 * What comes after a position, as stretches: the rows that are like it in all columns but the last and
 * beyond it there, then those that are like it in all but the last two, and so on. One comparison of whole
 * rows says the same where no value is missing and all columns have one direction. Never one condition with
 * "or": it is held against every row that shares the first value, however many those are.
 * @param from places for values that are taken already
 */
export function stretchesAfter(place: Place, from: number): readonly Stretch[] {
  if (isPlain(place)) return plainStretches(place, from)
  const nearest = place.order.map((_, at) => at).toReversed()
  return nearest.flatMap((at) => stretchesBeyond(place, at, from))
}

/** Whether one comparison of whole rows says it: one direction, and no column without a value. */
function isPlain({ order, position }: Place): boolean {
  return order.every(
    ({ column, descending }, at) =>
      descending === order[0]?.descending && (at === 0 ? position[0] !== null : !column.nullable),
  )
}

function plainStretches(place: Place, from: number): readonly Stretch[] {
  const [lead] = place.order
  if (lead === undefined) return []
  const name = columnSql(place.declaration, lead.column.name)
  const bare = lead.column.nullable ? [`${name} is not null`] : []
  const rest = stretch(place, from, (valueAt) => [...bare, rowComparison(place, valueAt)])
  return hasMissingBehind(lead) ? [rest, { where: [`${name} is null`], uses: [] }] : [rest]
}

function stretchesBeyond(place: Place, at: number, from: number): readonly Stretch[] {
  const one = place.order[at]
  if (one === undefined) return []
  const name = columnSql(place.declaration, one.column.name)
  const beyond = (conditionOf: (valueAt: ValueAt) => string): Stretch =>
    stretch(place, from, (valueAt) => [
      ...place.order.slice(0, at).map((_, before) => sameSql(place, before, valueAt)),
      conditionOf(valueAt),
    ])
  if (place.position[at] === null) {
    return one.descending ? [beyond(() => `${name} is not null`)] : []
  }
  const compared = beyond((valueAt) => `${name} ${one.descending ? '<' : '>'} ${valueAt(at)}`)
  return hasMissingBehind(one) ? [compared, beyond(() => `${name} is null`)] : [compared]
}

/** PostgreSQL keeps rows without a value after all others, before them when descending. */
function hasMissingBehind({ column, descending }: OrderColumn): boolean {
  return column.nullable && !descending
}

/** Names the place of one of the position's values: `$3::bigint`. */
type ValueAt = (at: number) => string

function stretch(
  { order }: Place,
  from: number,
  whereOf: (valueAt: ValueAt) => readonly string[],
): Stretch {
  const uses: number[] = []
  const where = whereOf((at) => {
    if (!uses.includes(at)) uses.push(at)
    return `$${from + uses.indexOf(at) + 1}::${comparedAs(order[at]?.column)}`
  })
  return { where, uses }
}

function rowComparison({ declaration, order }: Place, valueAt: ValueAt): string {
  const columns = order.map(({ column }) => columnSql(declaration, column.name)).join(', ')
  const values = order.map((_, at) => valueAt(at)).join(', ')
  return `(${columns}) ${order[0]?.descending ? '<' : '>'} (${values})`
}

function sameSql({ declaration, order, position }: Place, at: number, valueAt: ValueAt): string {
  const name = columnSql(declaration, order[at]?.column.name ?? '')
  return position[at] === null ? `${name} is null` : `${name} = ${valueAt(at)}`
}

/** The type that a value is compared as. Never `varchar(n)`: the cast would cut it. */
export function comparedAs(column: ListedColumn | undefined): string {
  if (column === undefined || TEXTS.has(column.kind.name)) return 'text'
  return column.sqlType
}

const TEXTS: ReadonlySet<string> = new Set(['text', 'enum'])
