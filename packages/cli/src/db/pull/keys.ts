import type { LiveTable } from '../revision/catalogue.ts'
import { phrase } from '../revision/phrase.ts'
import { singularOf } from './singular.ts'

/** What a declaration says of a table beside its fields. */
export interface TableKeys {
  /** The column that identifies a row: the primary key, or a unique one beside it; undefined when none is a uuid. */
  readonly key: string | undefined
  /** Columns that an option makes. */
  readonly implied: readonly string[]
  /** Column → `ref('category')`. */
  readonly references: ReadonlyMap<string, string>
  /** Column → the texts that it may hold. */
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly uniques: readonly (readonly string[])[]
  readonly indexes: readonly (readonly string[])[]
  /** End of the name → condition. */
  readonly checks: ReadonlyMap<string, string>
  readonly search: readonly string[]
}

/** Reads keys, conditions and indexes off a table. */
export function keysOf(table: LiveTable, tenant: string | undefined): TableKeys {
  const without = (list: string) => columnsIn(list).filter((name) => name !== tenant)
  const definitions = [...table.constraints.values()]
  const implied = impliedIn(table)
  const references = new Map(definitions.flatMap((text) => referenceIn(text, without)))
  const uniques = [...definitions, ...table.indexes.values()].flatMap((text) => {
    const list = /^(?:UNIQUE |CREATE UNIQUE INDEX .* USING btree )\(([^()]*)\)/.exec(text)?.[1]
    return list === undefined ? [] : [without(list)]
  })
  const key = keyOf(table, without)
  const known = (columns: readonly string[]) => columns.every((name) => table.columns.has(name))
  return {
    key,
    implied,
    references,
    values: new Map(definitions.flatMap(valuesIn)),
    uniques: uniques.filter((columns) => known(columns) && !columns.includes(key ?? '')),
    indexes: indexesOf(table, without).filter(
      (columns) => known(columns) && !isImplied(columns, [...references.keys(), ...implied]),
    ),
    checks: new Map([...table.constraints].flatMap((one) => checkIn(table.name, ...one))),
    search: searchOf(table),
  }
}

function columnsIn(list: string): string[] {
  return list.split(', ').map((name) => name.replaceAll('"', ''))
}

function keyOf(table: LiveTable, without: (list: string) => string[]): string | undefined {
  const definitions = [...table.constraints.values()]
  const keys = ['PRIMARY KEY', 'UNIQUE'].flatMap((kind) =>
    definitions.filter((text) => text.startsWith(`${kind} (`)),
  )
  return keys
    .map((text) => without(/\(([^()]*)\)/.exec(text)?.[1] ?? ''))
    .find(([name = '', ...others]) => others.length === 0 && isUuid(table, name))
    ?.at(0)
}

function isUuid({ columns }: LiveTable, name: string): boolean {
  const column = columns.get(name)
  return column?.type === 'uuid' && column.required
}

/** An owner, a date of deletion and the words of a search come from options. */
function impliedIn(table: LiveTable): string[] {
  const owned = [...table.constraints.values()].some((text) =>
    /FOREIGN KEY \(\w+, owner_id\) REFERENCES plinth\.memberships/.test(text),
  )
  const deleted = table.columns.get('deleted_at')
  const soft = deleted?.type === 'timestamp(3) with time zone' && !deleted.required
  const words = table.functions.has(`${table.name}_search`)
  return [
    ...(owned ? ['owner_id'] : []),
    ...(soft ? ['deleted_at'] : []),
    ...(words ? ['search_doc'] : []),
  ]
}

const FOREIGN =
  /^FOREIGN KEY \(([^()]*)\) REFERENCES ([\w.]+)\([^()]*\)(?: ON DELETE (\w+(?: NULL)?))?/

function referenceIn(
  text: string,
  without: (list: string) => string[],
): [column: string, schema: string][] {
  const [, list = '', target = '', action = ''] = FOREIGN.exec(text) ?? []
  const [column, ...others] = without(list)
  if (column === undefined || column === '' || others.length > 0) return []
  if (target.startsWith('plinth.')) return []
  const name = singularOf(target.split('.').at(-1) ?? '')
  const rule = action.toLowerCase()
  const isPlain = rule === '' || rule === 'restrict' || rule === 'no'
  return [[column, isPlain ? `ref('${name}')` : `ref('${name}', { onDelete: '${rule}' })`]]
}

const LISTED = /^CHECK \(\(\(?(\w+)\)?(?:::text)? = ANY \(\(?ARRAY\[(.*)\]\)?(?:::text\[\])?\)\)\)$/
const ONE = /^CHECK \(\((\w+) = '((?:[^']|'')*)'::text\)\)$/

function valuesIn(text: string): [column: string, values: string[]][] {
  const [, single = '', value] = ONE.exec(text) ?? []
  if (value !== undefined) return [[single, [value.replaceAll("''", "'")]]]
  const [, column, list] = LISTED.exec(text) ?? []
  if (column === undefined || list === undefined) return []
  const items = [...list.matchAll(/'((?:[^']|'')*)'/g)]
  return [[column, items.map(([, item = '']) => item.replaceAll("''", "'"))]]
}

function checkIn(table: string, name: string, text: string): [name: string, expression: string][] {
  if (!text.startsWith('CHECK') || valuesIn(text).length > 0) return []
  if (!name.startsWith(`${table}_`)) return []
  const expression = phrase(text).replace(/^check \((.*)\)$/s, '$1')
  return [[name.slice(table.length + 1), expression]]
}

function indexesOf(table: LiveTable, without: (list: string) => string[]): string[][] {
  return [...table.indexes.values()].flatMap((text) => {
    const list = /^CREATE INDEX .* USING btree \(([^()]*)\)$/.exec(text)?.[1]
    return list === undefined ? [] : [without(list)]
  })
}

/** Every entity has an index over its list, and one over each reference. */
function isImplied(columns: readonly string[], references: readonly string[]): boolean {
  const [first = '', second] = columns
  if (columns.length === 1) return references.includes(first)
  return columns.length === 2 && first === 'created_at' && second === 'id'
}

/** The columns whose words the generated column holds, in their order there. */
function searchOf(table: LiveTable): string[] {
  if (!table.functions.has(`${table.name}_search`)) return []
  const words = table.columns.get('search_doc')?.expression ?? ''
  const place = (name: string) => words.search(new RegExp(`\\b${name}\\b`))
  return [...table.columns]
    .filter(([name, { type }]) => /^(text|character varying)/.test(type) && place(name) >= 0)
    .map(([name]) => name)
    .sort((one, other) => place(one) - place(other))
}
