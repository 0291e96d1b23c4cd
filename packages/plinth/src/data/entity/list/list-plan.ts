import type { Expansion, Filter, ListOptions, Scope, SortField } from './list-options.ts'
import { NEWEST } from './list-order.ts'

/** What a list was asked for, in one canonical form: equal requests have equal keys. */
export interface ListPlan {
  readonly sort: readonly SortField[]
  readonly filters: readonly Filter[]
  readonly search: string | undefined
  readonly owner: string | undefined
  readonly deleted: NonNullable<Scope['deleted']>
  readonly expand: readonly Expansion[]
  readonly offset: number
  /** Rows wanted, one of a few sizes so that few statements differ by it. */
  readonly rows: number
  /** What its statements depend on: fields and operators, never a value. */
  readonly shape: string
}

/** A page, and one row more that tells whether there is a next one. */
const SIZES = [11, 26, 51, 101]

/** Puts the request for a list into its canonical form; what it may ask is checked with its shape. */
export function listPlan(options: ListOptions): ListPlan {
  const { filters = [], search, owner, deleted = 'without', limit = 50, cursor } = options
  // A cursor stands where the page before it ended: what that one skipped is behind it.
  const { offset = 0 } = cursor === undefined ? options : {}
  const sort = options.sort === undefined || options.sort.length === 0 ? NEWEST : options.sort
  const rows = SIZES.find((size) => size > limit) ?? limit + 1
  const plan: Omit<ListPlan, 'shape'> = {
    sort,
    filters: filters.length < 2 ? filters : filters.toSorted(byField),
    search,
    owner,
    deleted,
    expand: options.expand ?? [],
    offset,
    rows,
  }
  return Object.assign(plan, { shape: shapeOf(plan) })
}

/** What a list is about, values and all: a cursor is good for no other one. */
export function subjectOf({ sort, filters, search, owner, deleted }: ListPlan): string {
  return JSON.stringify([sort, filters, search, owner, deleted])
}

function byField(a: Filter, b: Filter): number {
  const [left, right] = [`${a.field} ${a.operator}`, `${b.field} ${b.operator}`]
  return left < right ? -1 : 1
}

function shapeOf(plan: Omit<ListPlan, 'shape'>): string {
  const { sort, filters, expand, search, owner, deleted, offset, rows } = plan
  let shape = `${deleted} ${rows}`
  if (offset > 0) shape += ' skip'
  if (search !== undefined) shape += ' search'
  if (owner !== undefined) shape += ' owner'
  for (const { field, descending } of sort) shape += ` ${descending ? '-' : '+'}${field}`
  for (const { field, operator, value } of filters) {
    shape += operator === 'null' ? ` ${field}=${value}` : ` ${field}:${operator}`
  }
  for (const one of expand) shape += ` *${one.column}${one.owner === undefined ? '' : '!'}`
  return shape
}
