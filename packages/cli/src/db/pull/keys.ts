import { isName } from 'plinth/data'
import type { LiveTable } from '../revision/catalogue.ts'
import { phrase } from '../revision/phrase.ts'

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
  readonly uniques: readonly Listed[]
  readonly indexes: readonly Listed[]
  /** End of the name → condition. */
  readonly checks: ReadonlyMap<string, string>
  readonly search: readonly string[]
  /** Definitions that no option says, in PostgreSQL's words: the database goes on keeping them. */
  readonly unsaid: readonly string[]
}

/** Columns of a key or an index, and its definition. */
export interface Listed {
  readonly columns: readonly string[]
  readonly definition: string
}

/**
 * Reads keys, conditions and indexes off a table.
 * @param names the entity of each table that is printed, by `schema.name`
 */
export function keysOf(
  table: LiveTable,
  tenant: string | undefined,
  names: ReadonlyMap<string, string>,
): TableKeys {
  const without = (list: string) => columnsIn(list).filter((name) => name !== tenant)
  const definitions = [...table.constraints.values()]
  const implied = impliedIn(table)
  const referring = definitions.flatMap((text) => referenceIn(text, { table, names, without }))
  const references = new Map(referring.map(({ column, schema }) => [column, schema]))
  const listed = (texts: Iterable<string>, pattern: RegExp): Listed[] =>
    [...texts].flatMap((definition) => {
      const list = pattern.exec(definition)?.[1]
      const columns = list === undefined ? [] : without(list)
      const known = columns.length > 0 && columns.every((name) => table.columns.has(name))
      return known ? [{ columns, definition }] : []
    })
  const uniques = listed([...definitions, ...table.indexes.values()], UNIQUE)
  const indexes = listed(table.indexes.values(), INDEX)
  const key = keyOf(table, without)
  const said = [...referring, ...uniques, ...indexes].map(({ definition }) => definition)
  const kept = ([name, text]: readonly [string, string]) =>
    !(said.includes(text) || /^(?:PRIMARY KEY|NOT NULL)/.test(text)) &&
    valuesIn(text).length + checkIn(table.name, name, text).length === 0
  return {
    key,
    implied,
    references,
    values: new Map(definitions.flatMap(valuesIn)),
    uniques: uniques.filter(({ columns }) => !columns.includes(key ?? '')),
    indexes: indexes.filter(
      ({ columns }) => !isImplied(columns, [...references.keys(), ...implied]),
    ),
    checks: new Map([...table.constraints].flatMap((one) => checkIn(table.name, ...one))),
    search: searchOf(table),
    unsaid: [...table.constraints, ...table.indexes].filter(kept).map(([, text]) => text),
  }
}

/** One that leaves rows out promises less than `unique` says, but for rows that are deleted. */
const UNIQUE =
  /^(?:UNIQUE |CREATE UNIQUE INDEX .* USING btree )\(([^()]*)\)(?: DEFERRABLE.*| WHERE \(deleted_at IS NULL\))?$/
const INDEX = /^CREATE INDEX .* USING btree \(([^()]*)\)$/

function columnsIn(list: string): string[] {
  return list.split(', ').map((name) => name.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"'))
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
  /^FOREIGN KEY \(([^()]*)\) REFERENCES ([\w.]+)\([^()]*\)(?: ON UPDATE (?:SET )?\w+(?: ACTION)?)?(?: ON DELETE (CASCADE|SET NULL|RESTRICT|NO ACTION)(?: \(\w+\))?)?(?: DEFERRABLE.*)?$/

/** Where a foreign key is read: its table, and the entities that it may lead to. */
interface Around {
  readonly table: LiveTable
  readonly names: ReadonlyMap<string, string>
  readonly without: (list: string) => string[]
}

interface Referring {
  readonly column: string
  /** `ref('category')`. */
  readonly schema: string
  readonly definition: string
}

/** A reference is a uuid that leads to an entity; every other foreign key stays with the database. */
function referenceIn(definition: string, { table, names, without }: Around): Referring[] {
  const [, list = '', target = '', action = ''] = FOREIGN.exec(definition) ?? []
  const [column = '', ...others] = without(list)
  const name = names.get(target) ?? names.get(`public.${target}`)
  if (others.length > 0 || table.columns.get(column)?.type !== 'uuid' || name === undefined)
    return []
  const rule = action.toLowerCase()
  const isPlain = rule === '' || rule === 'restrict' || rule === 'no action'
  const schema = isPlain ? `ref('${name}')` : `ref('${name}', { onDelete: '${rule}' })`
  return [{ column, schema, definition }]
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
  const ending = name.slice(table.length + 1)
  // Behind the condition may stand that it is not enforced, or not inherited.
  if (!name.startsWith(`${table}_`) || !isName(ending) || !text.endsWith(')')) return []
  const expression = phrase(text).replace(/^check \((.*)\)$/s, '$1')
  return [[ending, expression]]
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
