import type { Column } from '../column.ts'
import type { LiveTable } from './live-table.ts'

/**
 * What a table should be, in the terms of {@link LiveTable}; an empty object only has to be there, and
 * policies are compared by name alone where none are given.
 */
export type WantedTable = Omit<LiveTable, 'policies'> & Partial<Pick<LiveTable, 'policies'>>

/** Compares a declared table with the live one: one sentence for each difference. */
export function tableFaults(wanted: WantedTable, live: LiveTable): string[] {
  const names = new Set([...wanted.columns.keys(), ...wanted.defaults])
  const defaults = [...names].flatMap((name) => {
    const should = wanted.defaults.has(name)
    if (!live.columns.has(name) || should === live.defaults.has(name)) return []
    return `column ${name} should have ${should ? 'a' : 'no'} default`
  })
  return [
    ...differences('column', wanted.columns, live.columns),
    ...defaults,
    ...differences('object', wanted.objects, normal(live.objects)),
    ...(live.security === wanted.security ? [] : [`row-level security is "${live.security}"`]),
    ...policyFaults(wanted.policies, live.policies),
  ]
}

/**
 * Compares what an entity uses of a table that is migrated elsewhere; that it has more is nobody's
 * fault.
 * @param tenant the column that every new row must get by itself
 */
export function usedTableFaults(
  wanted: LiveTable['columns'],
  live: LiveTable,
  tenant: string | undefined,
): string[] {
  const used = new Map([...live.columns].filter(([name]) => wanted.has(name)))
  const stamped = tenant === undefined || live.defaults.has(tenant)
  return [
    ...differences('column', wanted, used),
    ...(stamped ? [] : [`column ${tenant} should have the current tenant as its default`]),
  ]
}

function policyFaults(
  wanted: LiveTable['policies'] = new Map(),
  live: LiveTable['policies'],
): string[] {
  return [...wanted].flatMap(([name, definition]) => {
    const there = live.get(name)
    if (there === undefined || bare(there) === bare(definition)) return []
    return `policy ${name} is "${there}" where "${definition}" is declared`
  })
}

/** A policy without what PostgreSQL adds to it when it prints it. */
function bare(policy: string): string {
  return policy.toLowerCase().replace(/::text|[\s()"]/g, '')
}

/** Columns whose default the database sets; a default of null is none. */
export function defaultsOf(columns: readonly Column[]): ReadonlySet<string> {
  const preset = columns.filter(
    ({ fallback }) =>
      fallback !== undefined && !(fallback.from === 'literal' && fallback.value === null),
  )
  return new Set(preset.map(({ name }) => name))
}

/** The condition of each column that takes one of some texts, by column. */
export function enumChecks(columns: readonly Column[]): [column: string, check: string][] {
  return columns.flatMap(({ name, values }) =>
    values ? [[name, `check (${name} = ${oneOf(values.map(textArrayItem))})`]] : [],
  )
}

/** PostgreSQL keeps a list of one as that one. */
function oneOf(items: readonly string[]): string {
  return items.length === 1 ? `${items[0]}` : `any (array[${items.join(', ')}])`
}

function textArrayItem(value: string): string {
  return `'${value.replaceAll("'", "''")}'::text`
}

/** PostgreSQL's definitions in the form of ours: lower case outside literals, few parentheses. */
function normal(objects: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...objects].map(([name, definition]) => {
      const text = definition.replace(/'(?:[^']|'')*'|[A-Z]+|"/g, (part) => {
        if (part === '"') return ''
        return part.startsWith("'") ? part : part.toLowerCase()
      })
      return [
        name,
        text
          .replace(/^create (unique )?index .* using (?:btree )?/, '$1')
          .replace(/^check \(\((.*)\)\)$/s, 'check ($1)'),
      ]
    }),
  )
}

function differences(
  what: string,
  wanted: ReadonlyMap<string, string>,
  live: ReadonlyMap<string, string>,
): string[] {
  const missing = [...wanted].flatMap(([name, definition]) => {
    const there = live.get(name)
    if (there === undefined) return `${what} ${name} is missing`
    if (definition === '' || squeezed(there) === squeezed(definition)) return []
    return `${what} ${name} is "${there}" where "${definition}" is declared`
  })
  const extra = [...live.keys()].filter((name) => !wanted.has(name))
  return [...missing, ...extra.map((name) => `${what} ${name} is not declared`)]
}

function squeezed(text: string): string {
  return text.replace(/[\s"]+/g, '')
}
