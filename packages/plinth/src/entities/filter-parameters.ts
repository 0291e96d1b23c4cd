import type { z } from 'zod'
import type { AnyEntity, Declaration, Filter, FilterField, Operator } from '../data/index.ts'
import { filterFields, whyNotFiltered } from '../data/index.ts'
import type { Fields } from '../feature/index.ts'
import type { OneOrSeveral } from './filter-values.ts'
import { filterValue, oneOrSeveral, truth } from './filter-values.ts'

/** One query parameter that filters, and the condition that its value makes. */
interface FilterParameter {
  readonly name: string
  readonly schema: z.ZodType
  filter(value: unknown): Filter
}

/** The filters of an entity as query parameters, and how to read them. */
export interface FilterParameters {
  /** For the `query` of a route. */
  readonly parameters: Fields
  /** For its `whyNoQuery`: says to a caller why a list has no parameter of that name. */
  readonly whyNot: (name: string) => string
  /** The conditions that a validated query asks for. */
  filtersIn(query: Readonly<Record<string, unknown>>): readonly Filter[]
}

const SAID: Readonly<Record<Operator, string>> = {
  eq: 'equal to this',
  in: 'one of these',
  ne: 'another value than this',
  gt: 'above this',
  gte: 'at least this',
  lt: 'below this',
  lte: 'at most this',
  null: 'true for rows without a value, false for rows with one',
}

/**
 * The query parameters that a list can be filtered by: `price[gte]=100`, `category=in:a,b`. A field
 * has them where an index can answer; hidden fields have none.
 */
export function filterParameters({
  declaration,
}: Pick<AnyEntity, 'declaration'>): FilterParameters {
  const parameters = [...filterFields(declaration).values()]
    .filter(({ column }) => !column.hidden)
    .flatMap(parametersOf)
  return {
    parameters: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    whyNot: whyNoFilter(declaration),
    filtersIn: (query) =>
      parameters.flatMap(({ name, filter }) => {
        const value = query[name]
        return value === undefined ? [] : [filter(value)]
      }),
  }
}

function whyNoFilter(declaration: Declaration): (name: string) => string {
  const known = filterFields(declaration)
  return (name) => {
    const field = name.replace(/\[.*$/s, '')
    const found = known.get(field)
    if (found === undefined || found.column.hidden) return whyNotFiltered(declaration, field)
    return `There is no such filter. A list can be asked for ${formsOf(found).join(', ')}.`
  }
}

function parametersOf(field: FilterField): FilterParameter[] {
  const { column, operators } = field
  const value = filterValue(field)
  const bracketed = operators.filter((operator) => isBracketed(field, operator))
  const plain: FilterParameter = {
    name: column.name,
    schema: oneOrSeveral(value)
      .optional()
      .describe(`${column.name}: this, or one of several: in:a,b`),
    filter: (given) => ({ field: column.name, ...(given as OneOrSeveral) }),
  }
  return [
    ...(operators.includes('eq') && !TAKEN.has(column.name) ? [plain] : []),
    ...bracketed.map(
      (operator): FilterParameter => ({
        name: `${column.name}[${operator}]`,
        schema: (operator === 'null' ? truth() : value)
          .optional()
          .describe(`${column.name}: ${SAID[operator]}`),
        filter: (given) => ({ field: column.name, operator, value: given }),
      }),
    ),
  ]
}

/** How a field is filtered by, as it stands in a query: `price=…`, `price=in:…,…`, `price[gt]=…`. */
function formsOf(field: FilterField): readonly string[] {
  const { name } = field.column
  const isPlain = !TAKEN.has(name) && field.operators.includes('eq')
  const bracketed = field.operators.filter((operator) => isBracketed(field, operator))
  return [
    ...(isPlain ? [`${name}=…`, `${name}=in:…,…`] : []),
    ...bracketed.map((operator) => `${name}[${operator}]=…`),
  ]
}

/** Parameters of every list: a field of that name is filtered in brackets only. */
const TAKEN: ReadonlySet<string> = new Set(
  'limit offset cursor count fields expand sort search deleted'.split(' '),
)

/** The plain parameter says `eq` and `in`, unless a text begins with `in:`, or its name is taken. */
function isBracketed({ column }: FilterField, operator: Operator): boolean {
  if (operator === 'in') return false
  return operator !== 'eq' || column.kind.name === 'text' || TAKEN.has(column.name)
}
