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
 * What comes after a position, as stretches. PostgreSQL keeps rows without a value after all others
 * (before them when descending), and no comparison finds them: they are a stretch of their own.
 * @param from places for values that are taken already
 */
export function stretchesAfter(place: Place, from: number): readonly Stretch[] {
  const [lead] = place.order
  if (lead === undefined) return []
  if (!lead.column.nullable) return [stretch(place, from, [])]
  const name = columnSql(place.declaration, lead.column.name)
  const [without, withOne] = [`${name} is null`, `${name} is not null`]
  const isBare = place.position[0] === null
  const rest = stretch(place, from, [isBare ? without : withOne])
  if (isBare) return lead.descending ? [rest, { where: [withOne], uses: [] }] : [rest]
  return lead.descending ? [rest] : [rest, { where: [without], uses: [] }]
}

function stretch(place: Place, from: number, bare: readonly string[]): Stretch {
  const uses: number[] = []
  const valueAt = (at: number): string => {
    if (!uses.includes(at)) uses.push(at)
    return `$${from + uses.indexOf(at) + 1}::${comparedAs(place.order[at]?.column)}`
  }
  const after = isPlain(place)
    ? [rowComparison(place, valueAt)]
    : [...leadBound(place, valueAt), stepwise(place, valueAt)]
  return { where: [...bare, ...after], uses }
}

/** Names the place of one of the position's values: `$3::bigint`. */
type ValueAt = (at: number) => string

/** Whether one comparison of whole rows says it: one direction, and no column without a value. */
function isPlain({ order, position }: Place): boolean {
  return order.every(
    ({ column, descending }, at) =>
      descending === order[0]?.descending && (at === 0 ? position[0] !== null : !column.nullable),
  )
}

function rowComparison({ declaration, order }: Place, valueAt: ValueAt): string {
  const columns = order.map(({ column }) => columnSql(declaration, column.name)).join(', ')
  const values = order.map((_, at) => valueAt(at)).join(', ')
  return `(${columns}) ${order[0]?.descending ? '<' : '>'} (${values})`
}

/** Says again what the steps imply, in a form from which an index range begins. */
function leadBound({ declaration, order, position }: Place, valueAt: ValueAt): string[] {
  const [lead] = order
  if (lead === undefined || position[0] === null) return []
  return [
    `${columnSql(declaration, lead.column.name)} ${lead.descending ? '<=' : '>='} ${valueAt(0)}`,
  ]
}

/** `(a > 1) or (a = 1 and b > 2) or …`, where a missing value counts as PostgreSQL sorts it. */
function stepwise(place: Place, valueAt: ValueAt): string {
  const steps = place.order.flatMap((_column, at) => {
    const beyond = beyondSql(place, at, valueAt)
    if (beyond === undefined) return []
    const same = place.order.slice(0, at).map((_, before) => sameSql(place, before, valueAt))
    return [`(${[...same, beyond].join(' and ')})`]
  })
  return `(${steps.join(' or ')})`
}

function sameSql({ declaration, order, position }: Place, at: number, valueAt: ValueAt): string {
  const name = columnSql(declaration, order[at]?.column.name ?? '')
  return position[at] === null ? `${name} is null` : `${name} = ${valueAt(at)}`
}

function beyondSql(
  { declaration, order, position }: Place,
  at: number,
  valueAt: ValueAt,
): string | undefined {
  const one = order[at]
  if (one === undefined) return undefined
  const name = columnSql(declaration, one.column.name)
  // Ascending: nothing comes after a missing value. Descending: everything with one does.
  if (position[at] === null) return one.descending ? `${name} is not null` : undefined
  const compared = `${name} ${one.descending ? '<' : '>'} ${valueAt(at)}`
  return one.column.nullable && !one.descending ? `(${compared} or ${name} is null)` : compared
}

/** The type that a value is compared as. Never `varchar(n)`: the cast would cut it. */
export function comparedAs(column: ListedColumn | undefined): string {
  if (column === undefined || TEXTS.has(column.kind.name)) return 'text'
  return column.sqlType
}

const TEXTS: ReadonlySet<string> = new Set(['text', 'enum'])
