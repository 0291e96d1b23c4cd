import type { Statement } from '../../db.ts'
import type { Declaration } from '../declaration.ts'
import { quote } from '../names.ts'
import { expansionSql } from './expansion-sql.ts'
import type { Conditions, NextPlace } from './filter-sql.ts'
import { filterSql, searchSql } from './filter-sql.ts'
import type { Position, Stretch } from './keyset.ts'
import { stretchesAfter } from './keyset.ts'
import type { OrderColumn } from './list-order.ts'
import type { ListPlan } from './list-plan.ts'
import { columnsOf } from './supported-fields.ts'
import { columnSql, rowColumns, scopeSql, tableOf } from './table-sql.ts'

/** The texts of one shape of list. What varies from call to call stands in the values. */
export interface ListSql {
  /** The page: each stretch in turn until it is full. */
  readonly pages: readonly PageSql[]
  readonly count: string
}

/** One stretch of a page. */
export interface PageSql {
  readonly text: string
  /** Which values of the cursor's position it names. */
  readonly uses: readonly number[]
  /** For each expansion of the plan: the rows that this page refers to. */
  readonly expansions: readonly string[]
}

/** What a shape is compiled from. */
export interface ListSource {
  readonly declaration: Declaration
  readonly plan: ListPlan
  readonly order: readonly OrderColumn[]
  readonly position: Position | undefined
}

/** Compiles one shape. Every identifier comes from declarations, every value is a place. */
export function listSql(source: ListSource): ListSql {
  const { declaration, order, position } = source
  const common = conditionsOf(source)
  const stretches: readonly Stretch[] =
    position === undefined
      ? [{ where: [], uses: [] }]
      : stretchesAfter({ declaration, order, position }, common.places)
  return {
    pages: stretches.map((one) => pageSql(source, common, one)),
    count: `select count(*)::text as total from ${tableOf(declaration)}${whereOf(common.where)}`,
  }
}

function pageSql(source: ListSource, common: Conditions, { where, uses }: Stretch): PageSql {
  const { declaration, plan } = source
  const places = common.places + uses.length
  const skipped = plan.offset > 0
  const tail = [
    `from ${tableOf(declaration)}${whereOf([...common.where, ...where])}`,
    orderBy(source),
    `limit ${plan.rows}`,
    ...(skipped ? [`offset $${places + 1}`] : []),
  ].join(' ')
  return {
    text: `select ${rowColumns(declaration)} ${tail}`,
    uses,
    expansions: plan.expand.map((one) => {
      const references = `select t.${quote(one.column)} ${tail}`
      return expansionSql(one, references, places + (skipped ? 1 : 0))
    }),
  }
}

function conditionsOf({ declaration, plan }: ListSource): Conditions {
  const columns = new Map(columnsOf(declaration).map((column) => [column.name, column]))
  let places = 0
  const place: NextPlace = () => {
    places += 1
    return `$${places}`
  }
  const where = plan.filters.map((filter) =>
    filterSql(columnSql(declaration, filter.field), columns.get(filter.field), { filter, place }),
  )
  if (plan.search !== undefined) where.push(searchSql(declaration, place()))
  where.push(...scopeSql(declaration, plan, place))
  return { where, places }
}

function orderBy({ declaration, order }: ListSource): string {
  const columns = order.map(
    ({ column, descending }) =>
      `${columnSql(declaration, column.name)}${descending ? ' desc' : ''}`,
  )
  return `order by ${columns.join(', ')}`
}

function whereOf(where: readonly string[]): string {
  return where.length === 0 ? '' : ` where ${where.join(' and ')}`
}

/** The values that every statement of a plan begins with, in the order of their places. */
export function commonValues({ filters, search, owner }: ListPlan): readonly unknown[] {
  return [
    ...filters.flatMap(({ operator, value }) => (operator === 'null' ? [] : [value])),
    ...(search === undefined ? [] : [search]),
    ...(owner === undefined ? [] : [owner]),
  ]
}

/** A stretch of a page and what it expands, with their values. */
export function pageStatements(
  { text, uses, expansions }: PageSql,
  plan: ListPlan,
  position: Position | undefined,
): readonly Statement[] {
  const values = [
    ...commonValues(plan),
    ...uses.map((at) => position?.[at]),
    ...(plan.offset > 0 ? [plan.offset] : []),
  ]
  return [
    { text, values },
    ...expansions.map((expansion, at) => {
      const owner = plan.expand[at]?.owner
      return { text: expansion, values: owner === undefined ? values : [...values, owner] }
    }),
  ]
}
