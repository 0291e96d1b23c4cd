import { isName, sqlName } from 'plinth/data'
import type { LiveTable } from '../revision/catalogue.ts'
import { typePhrase } from '../revision/phrase.ts'
import { fieldOf, oneLine, quoted, troubleWithout } from './column-schema.ts'
import { constantOf } from './entity-names.ts'
import { keysOf, type Listed, type TableKeys } from './keys.ts'
import { pluralOf } from './singular.ts'

/** What the printing of a table knows beside it. */
export interface Surroundings {
  /** Column that names the tenant, where a table has it. */
  readonly tenant: string
  /** The entity of each table that is printed, by `schema.name`. */
  readonly names: ReadonlyMap<string, string>
  /** Columns that the database numbers, as `schema.table.column`. */
  readonly numbered: ReadonlySet<string>
}

/** What every entity has: columns and their types. */
const BASE: Readonly<Record<string, string>> = {
  version: 'integer',
  created_at: 'timestamp(3) with time zone',
  updated_at: 'timestamp(3) with time zone',
}

/** Why a table can be no entity, and what makes it one, as lines of a comment; undefined when it can. */
export function whyLeft(table: LiveTable, tenantColumn: string): string | undefined {
  const where = `${table.schema}.${table.name}`
  if (!isName(table.schema) || !isName(table.name))
    return `// ${oneLine(where)} is left out: the table of an entity, and its schema, have a name of at most 40 small letters, digits and _. Rename it, and pull again.\n`
  const tenant = tenantOf(table, tenantColumn)
  const { key } = keysOf(table, tenant, new Map())
  if (key !== undefined && isName(key)) return undefined
  const beside = tenant === undefined ? '' : `, beside ${tenant}`
  return `// ${where} is left out: an entity has one column of type uuid as its key${beside}. Add one, and pull again:\n// alter table ${sqlName(table.schema)}.${sqlName(table.name)} add column public_id uuid not null unique default gen_random_uuid();\n`
}

/** Writes a table, which `whyLeft` lets pass, as the declaration of an entity. */
export function entityText(table: LiveTable, around: Surroundings): string {
  const name = around.names.get(`${table.schema}.${table.name}`) ?? table.name
  const tenant = tenantOf(table, around.tenant)
  const keys = keysOf(table, tenant, around.names)
  const fields = fieldsOf(table, keys, { ...around, tenant })
  const declared = new Set([...Object.keys(BASE), ...keys.implied, ...fields.declared])
  const known = ({ columns }: Listed) => columns.every((column) => declared.has(column))
  const said: TableKeys = {
    ...keys,
    uniques: keys.uniques.filter(known),
    indexes: keys.indexes.filter(known),
    search: keys.search.filter((column) => declared.has(column)),
  }
  const unknown = [...keys.uniques, ...keys.indexes].filter((one) => !known(one))
  const unsaid = [...keys.unsaid, ...unknown.map(({ definition }) => definition)]
  const options = optionLines({ table, keys: said, tenant, name })
  const tail = options.length === 0 ? '' : `, {\n${options.map((line) => `  ${line}\n`).join('')}}`
  const lines = fields.lines.map((line) => `  ${line}\n`).join('')
  return `${missing(table)}${isOurs(table) ? '' : unsaidLines(unsaid)}export const ${constantOf(name)} = entity('${name}', {\n${lines}}${tail})\n`
}

function tenantOf({ columns }: LiveTable, name: string): string | undefined {
  return columns.has(name) && isName(name) ? name : undefined
}

function unsaidLines(definitions: readonly string[]): string {
  return definitions
    .map((text) => `// Not declared, and kept by the database: ${oneLine(text)}\n`)
    .join('')
}

function missing({ schema, name, columns }: LiveTable): string {
  const lacking = Object.keys(BASE).filter((column) => !columns.has(column))
  const other = Object.entries(BASE).filter(
    ([column, type]) => columns.has(column) && columns.get(column)?.type !== type,
  )
  const types = other.map(
    ([column, type]) =>
      `// ${schema}.${name} has ${column} as ${typePhrase(columns.get(column)?.type ?? '')}, which every entity has as ${typePhrase(type)}: change it first.\n`,
  )
  const none =
    lacking.length === 0
      ? ''
      : `// ${schema}.${name} has no ${lacking.join(', ')}, which every entity has: add them first.\n`
  return none + types.join('')
}

interface Fields {
  readonly lines: readonly string[]
  /** Names of those that are no comment. */
  readonly declared: readonly string[]
}

function fieldsOf(
  { schema: place, name: owner, columns }: LiveTable,
  keys: TableKeys,
  { tenant, numbered }: Pick<Surroundings, 'numbered'> & { readonly tenant: string | undefined },
): Fields {
  const own = new Set([...Object.keys(BASE), keys.key, tenant, ...keys.implied])
  const fields = [...columns]
    .filter(([name]) => !own.has(name))
    .map(([name, column]) => {
      const { schema, note } = fieldOf(column, {
        reference: keys.references.get(name),
        values: keys.values.get(name),
        isNumbered: numbered.has(`${place}.${owner}.${name}`),
      })
      const trouble = troubleWithout(column)
      const taken = TAKEN.has(name) ? 'the name is the entity’s own' : undefined
      const unnamed = isName(name) ? taken : 'no name of a field ([a-z][a-z0-9_]*)'
      if (schema === undefined) return { line: `// ${oneLine(name)}: ${note}` }
      if (unnamed !== undefined)
        return { line: `// ${oneLine(name)}: ${unnamed}; left out${trouble}` }
      return { name, line: `${name}: ${schema},${note === undefined ? '' : ` // ${note}`}` }
    })
  return {
    lines: fields.map(({ line }) => line),
    declared: fields.flatMap(({ name }) => name ?? []),
  }
}

/** Names of columns that an entity makes itself. */
const TAKEN = new Set(['id', 'tenant_id', 'owner_id', 'deleted_at', 'search_doc'])

interface Declared {
  readonly table: LiveTable
  readonly keys: TableKeys
  readonly tenant: string | undefined
  readonly name: string
}

function optionLines({ table, keys, tenant, name }: Declared): string[] {
  const lists = (all: readonly Listed[]) =>
    `[${all.map(({ columns }) => `[${columns.map(quoted).join(', ')}]`).join(', ')}]`
  return [
    ...(tenant === undefined ? ["owned: 'nobody',"] : []),
    ...(keys.implied.includes('owner_id') ? ["owned: 'person',"] : []),
    ...(keys.implied.includes('deleted_at') ? ['softDelete: true,'] : []),
    ...(keys.uniques.length > 0 ? [`unique: ${lists(keys.uniques)},`] : []),
    ...(keys.indexes.length > 0 ? [`index: ${lists(keys.indexes)},`] : []),
    ...(keys.search.length > 0 ? [`search: [${keys.search.map(quoted).join(', ')}],`] : []),
    ...checkLines(keys),
    ...placeLines({ table, keys, tenant, name }),
  ]
}

function checkLines({ checks }: TableKeys): string[] {
  if (checks.size === 0) return []
  const each = [...checks].map(([name, expression]) => `${name}: sql\`${escaped(expression)}\``)
  return [`check: { ${each.join(', ')} },`]
}

function escaped(expression: string): string {
  return expression.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')
}

/** Whether migrations made it from an entity. */
function isOurs({ schema, name, triggers }: LiveTable): boolean {
  return schema === 'app' && triggers.has(`${name}_touch`)
}

/** Where the table stands, unless it is one that migrations made from an entity. */
function placeLines({ table, keys, tenant, name }: Declared): string[] {
  if (isOurs(table)) {
    return pluralOf(name) === table.name ? [] : [`plural: ${quoted(table.name)},`]
  }
  const parts = [
    `schema: ${quoted(table.schema)}`,
    `name: ${quoted(table.name)}`,
    ...(keys.key === 'id' ? [] : [`key: ${quoted(keys.key ?? '')}`]),
    ...(tenant === undefined || tenant === 'tenant_id' ? [] : [`tenant: ${quoted(tenant)}`]),
    "migrated: 'elsewhere'",
  ]
  return [`table: { ${parts.join(', ')} },`]
}
