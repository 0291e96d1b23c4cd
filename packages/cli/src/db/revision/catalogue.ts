import type { PostgreSQL } from '@pgkit/migra'
import { type ByHand, keepsAway } from './by-hand.ts'
import type { DemandingDomains } from './demanding-domains.ts'
import type { Rights } from './rights.ts'

/** One column of a live table, in PostgreSQL's own words. */
export interface LiveColumn {
  readonly type: string
  readonly required: boolean
  /** The default, or the expression of a generated column. */
  readonly expression: string | undefined
  readonly generated: boolean
  /** Whether no row can be added without a value for it: it takes no null, and nothing fills it. */
  readonly mustBeGiven: boolean
}

/** A function that the tool made for a table. */
export interface LiveFunction {
  /** As CREATE FUNCTION makes it anew. */
  readonly text: string
  /** Its owner and who may execute it. */
  readonly rights: string
}

/** A table and what hangs on it, by name; definitions in PostgreSQL's own words. */
export interface LiveTable {
  readonly schema: string
  readonly name: string
  /** Its name before it was renamed: what hangs on it is still called after that. */
  readonly formerly?: string
  /** The names of columns before they were renamed, by their new ones: indexes are called after those. */
  readonly formerColumns?: ReadonlyMap<string, string>
  readonly columns: ReadonlyMap<string, LiveColumn>
  readonly constraints: ReadonlyMap<string, string>
  /** Indexes that no constraint brings along. */
  readonly indexes: ReadonlyMap<string, string>
  readonly triggers: ReadonlyMap<string, string>
  readonly policies: ReadonlyMap<string, string>
  /** `select plinth_app`, `select (id, name) plinth_search`, sorted. */
  readonly grants: readonly string[]
  readonly functions: ReadonlyMap<string, LiveFunction>
  readonly secured: boolean
  readonly forced: boolean
}

/** What the catalogue says beside its tables. */
export interface Beside {
  readonly byHand: ByHand
  readonly rights: Rights
  readonly demanding: DemandingDomains
}

/** The tables of a database outside the platform's schemas, without what is kept by hand. */
export function tablesOf(database: PostgreSQL, beside: Beside): ReadonlyMap<string, LiveTable> {
  const tables = Object.values(database.tables).filter(({ schema }) => !/^plinth(_|$)/.test(schema))
  return new Map(
    tables
      .filter(({ schema, name }) => !beside.byHand.has(`${schema}.${name}`))
      .map((table) => [`${table.schema}.${table.name}`, tableOf(database, table, beside)]),
  )
}

type Inspected = PostgreSQL['tables'][string]

function tableOf(database: PostgreSQL, table: Inspected, beside: Beside): LiveTable {
  const { byHand, rights } = beside
  const { schema, name } = table
  const here = (one: { schema: string; table_name?: string; name: string }): boolean =>
    one.schema === schema && one.table_name === name && !keepsAway(byHand, one)
  const named = <T extends { name: string }>(all: readonly T[], definition: (one: T) => string) =>
    new Map(all.map((one) => [one.name, definition(one)]))
  const constraints = Object.values(database.constraints).filter(here)
  const indexes = Object.values(database.indexes).filter(
    (index) => here(index) && !constraints.some((one) => one.name === index.name),
  )
  return {
    schema,
    name,
    columns: columnsOf(table, beside),
    constraints: named(constraints, (one) => one.definition),
    indexes: named(indexes, (one) => one.definition ?? ''),
    triggers: named(Object.values(database.triggers).filter(here), (one) => one.full_definition),
    policies: named(
      Object.values(database.rlspolicies).filter(here),
      (one) => one.create_statement,
    ),
    grants: rights.tables.get(`${schema}.${name}`) ?? [],
    functions: new Map(
      [...rights.functions]
        .filter(([key]) => key === `${schema}.${name}_search`)
        .map(([, one]) => [`${name}_search`, one]),
    ),
    secured: table.rowsecurity === true,
    forced: table.forcerowsecurity === true,
  }
}

function columnsOf(
  { schema, name: table, columns }: Inspected,
  { byHand, demanding }: Beside,
): Map<string, LiveColumn> {
  return new Map(
    Object.values(columns)
      .filter(({ name }) => !byHand.has(`${schema}.${table}.${name}`))
      .map(({ name, dbtypestr, not_null, default: preset, is_generated, is_identity }) => {
        const required = not_null === true
        const expression = preset ?? undefined
        const demanded = required || demanding.has(`${schema}.${table}.${name}`)
        return [
          name,
          {
            type: dbtypestr ?? '',
            required,
            expression,
            generated: is_generated === true,
            mustBeGiven: demanded && expression === undefined && is_identity !== true,
          },
        ]
      }),
  )
}
