import type { Db, Rows, Statement } from '../../db.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import type { Declaration } from '../declaration.ts'
import { entityProblems } from '../entity.errors.ts'
import type { AnyRow, RawRow, ReadRow } from '../read-row.ts'
import { rowReader } from '../read-row.ts'
import { Remembered } from '../remembered.ts'
import type { Position } from './keyset.ts'
import type { Expanded, ListOptions, Page } from './list-options.ts'
import type { OrderColumn } from './list-order.ts'
import { listOrder } from './list-order.ts'
import type { ListPlan } from './list-plan.ts'
import { listPlan, subjectOf } from './list-plan.ts'
import type { ListSql, PageSql } from './list-sql.ts'
import { commonValues, listSql, pageStatements } from './list-sql.ts'
import { filterFields, whyNotFiltered } from './supported-fields.ts'

/** One shape of list, checked and compiled. */
interface ListShape extends ListSql {
  readonly order: readonly OrderColumn[]
  /** Readers of the rows that it expands. */
  readonly readers: readonly ReadRow[]
}

/** Lists the rows of one entity. */
export type ListRows = (db: Db, options: ListOptions) => Promise<Page<AnyRow>>

/** Shapes of one entity's lists that stay compiled. */
const MOST_SHAPES = 200

/** Most filters of one list. */
export const MOST_FILTERS = 10

// A plan made once for every value would read a rare value's rows like those of a common one.
const PLAN_FOR_VALUES: Statement = {
  text: "select set_config('plan_cache_mode', 'force_custom_plan', true)",
}

/** Makes the list of an entity: each shape is checked and compiled when it is first asked for. */
export function listOf(declaration: Declaration, read: ReadRow): ListRows {
  const shapes = new Remembered<ListShape>(MOST_SHAPES)
  return async (db, options) => {
    const { limit = 50, cursor } = options
    const plan = listPlan(options)
    const subject = `${declaration.name} ${subjectOf(plan)}`
    const position = cursor === undefined ? undefined : readCursor(db, subject, cursor)
    const shape = shapes.get(`${plan.shape}|${missingIn(position)}`, () =>
      shapeOf(declaration, plan, position),
    )
    if (position !== undefined && position.length !== shape.order.length) {
      throw entityProblems.cursor('the cursor is of another order')
    }
    const { pages, expanded, total } = await ask(db, { plan, shape, position, options })
    const rows = pages.map(read)
    const items = rows.length > limit ? rows.slice(0, limit) : rows
    const last = rows.length > limit ? items.at(-1) : undefined
    return {
      items,
      nextCursor: last === undefined ? null : writeCursor(db, subject, positionOf(shape, last)),
      total,
      expanded,
    }
  }
}

/** Which of a position's values are missing: the conditions of a page depend on it. */
function missingIn(position: Position | undefined): string {
  return position?.map((value) => (value === null ? '0' : '1')).join('') ?? ''
}

function positionOf({ order }: ListShape, row: AnyRow): Position {
  const values: Readonly<Record<string, unknown>> = { ...row }
  return order.map(({ column }) => values[column.name])
}

/**
 * Checks and compiles a shape.
 * @throws entity.invalid with the field that no index can answer for
 */
function shapeOf(
  declaration: Declaration,
  plan: ListPlan,
  position: Position | undefined,
): ListShape {
  const answer = listOrder(declaration, plan.sort, plan.deleted)
  if (answer.code === 'refused') throw refusal(`sort/${answer.field}`, answer.message)
  if (plan.search !== undefined && declaration.searchFunction === undefined) {
    throw refusal('search', 'Nothing here is searched.')
  }
  checkFilters(declaration, plan)
  const { order } = answer
  return {
    ...listSql({ declaration, plan, order, position }),
    order,
    readers: plan.expand.map(({ target }) => rowReader(target.declaration)),
  }
}

function checkFilters(declaration: Declaration, { filters, deleted }: ListPlan): void {
  const known = filterFields(declaration, deleted)
  for (const { field, operator } of filters) {
    if (known.get(field)?.operators.includes(operator)) continue
    throw refusal(field, whyNotFiltered(declaration, field))
  }
  if (filters.length > MOST_FILTERS)
    throw refusal(undefined, `Filter by at most ${MOST_FILTERS} fields.`)
}

function refusal(field: string | undefined, message: string) {
  const path = field === undefined ? 'query' : `query/${field}`
  return entityProblems.invalid({ details: [{ path, message, code: 'unsupported' }] })
}

interface Asked {
  readonly plan: ListPlan
  readonly shape: ListShape
  readonly position: Position | undefined
  readonly options: ListOptions
}

interface Answered {
  readonly pages: readonly RawRow[]
  readonly expanded: Expanded
  readonly total: number | null
}

const NOTHING: Expanded = new Map()

/** Everything in one round trip. */
async function ask(db: Db, { plan, shape, position, options }: Asked): Promise<Answered> {
  const before = plan.filters.length > 0 ? [PLAN_FOR_VALUES] : []
  const pages = shape.pages.flatMap((page) => pageStatements(page, plan, position))
  const counted = options.count === 'exact'
  const count = counted ? [{ text: shape.count, values: commonValues(plan) }] : []
  const statements = [...before, ...pages, ...count]
  const [only] = statements
  if (statements.length === 1 && only !== undefined) {
    const { rows } = await db.query<RawRow>(only.text, only.values)
    return { pages: rows, expanded: NOTHING, total: null }
  }
  const answers = await db.batch(statements)
  const found: readonly Rows<RawRow>[] = answers.slice(before.length)
  const width = 1 + plan.expand.length
  return {
    pages: shape.pages.flatMap((_, at) => found[at * width]?.rows ?? []),
    expanded: plan.expand.length === 0 ? NOTHING : expandedOf(plan, shape, found),
    total: counted ? Number(found.at(-1)?.rows[0]?.['total']) : null,
  }
}

function expandedOf(
  { expand }: ListPlan,
  { pages, readers }: { readonly pages: readonly PageSql[]; readonly readers: readonly ReadRow[] },
  found: readonly Rows<RawRow>[],
): Expanded {
  const width = 1 + expand.length
  return new Map(
    expand.map(({ column }, at) => {
      const rows = pages.flatMap((_, page) => found[page * width + 1 + at]?.rows ?? [])
      const read = readers[at]
      const known = read === undefined ? [] : rows.map((raw) => read(raw))
      return [column, new Map(known.map((row) => [row.id, row]))]
    }),
  )
}
