import { sqlName } from 'plinth/data'

/** Longest name that PostgreSQL keeps whole. */
const LONGEST = 63

/** Schema and table as SQL text. */
export function nameOf({ schema, name }: { schema: string; name: string }): string {
  return `${sqlName(schema)}.${sqlName(name)}`
}

/** The condition that stands in for NOT NULL until every row was looked at. */
export function notNullName(table: string, column: string): string {
  return `${table}_${column}_not_null`.slice(0, LONGEST)
}

/**
 * Whether a constraint follows the tool's names: those of other names are kept by hand. PostgreSQL
 * itself calls a condition on one column `<table>_<column>_check`; ours of that name list texts.
 */
export function isOurConstraint(table: Named, name: string, definition: string): boolean {
  if (!namesOf(table).some((prefix) => name.startsWith(`${prefix}_`))) return false
  if (/^(PRIMARY KEY|UNIQUE|FOREIGN KEY)/.test(definition)) return true
  if (!definition.startsWith('CHECK')) return false
  return !name.endsWith('_check') || /= ANY \(\(?ARRAY\[|= '/.test(definition)
}

/** Whether an index has the name that the tool gives to one over these columns. */
export function isOurIndex(table: Named, name: string, definition: string): boolean {
  const prefixes = namesOf(table)
  if (prefixes.some((prefix) => name === `${prefix}_search_idx`)) return true
  const [, list = '', where = ''] = /USING btree \(([^()]*)\)(.*)$/.exec(definition) ?? []
  if (where !== '' && where !== ' WHERE (deleted_at IS NULL)') return false
  const columns = list.replaceAll('"', '').split(', ')
  const named = columns
    .filter((column) => column !== 'tenant_id')
    .map((column) => table.formerColumns?.get(column) ?? column)
    .join('_')
  return prefixes.some((prefix) =>
    [`${prefix}_${named}_idx`, `${prefix}_${named}_key`].includes(name),
  )
}

interface Named {
  readonly name: string
  readonly formerly?: string
  readonly formerColumns?: ReadonlyMap<string, string>
}

function namesOf({ name, formerly }: Named): string[] {
  return formerly === undefined ? [name] : [name, formerly]
}
