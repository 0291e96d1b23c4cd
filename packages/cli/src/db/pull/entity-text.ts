import type { LiveTable } from '../revision/catalogue.ts'
import { fieldOf, quoted } from './column-schema.ts'
import { keysOf, type TableKeys } from './keys.ts'
import { pluralOf, singularOf } from './singular.ts'

/** An entity as TypeScript, or why there is none. */
export interface PulledEntity {
  readonly name: string
  readonly text: string
}

const BASE = ['version', 'created_at', 'updated_at']

/** Writes a table as the declaration of an entity. */
export function entityText(table: LiveTable, tenantColumn: string): PulledEntity {
  const name = singularOf(table.name)
  const tenant = table.columns.has(tenantColumn) ? tenantColumn : undefined
  const keys = keysOf(table, tenant)
  if (keys.key === undefined) {
    const where = `${table.schema}.${table.name}`
    const beside = tenant === undefined ? '' : `, beside ${tenant}`
    const text = `// ${where} is left out: an entity has one column of type uuid as its key${beside}. Add one, and pull again:\n// alter table ${where} add column public_id uuid not null unique default gen_random_uuid();\n`
    return { name, text }
  }
  const fields = fieldLines(table, keys, tenant)
  const options = optionLines(table, keys, tenant)
  const tail = options.length === 0 ? '' : `, {\n${options.map((line) => `  ${line}\n`).join('')}}`
  return {
    name,
    text: `${missing(table)}export const ${camel(name)} = entity('${name}', {\n${fields.map((line) => `  ${line}\n`).join('')}}${tail})\n`,
  }
}

function missing(table: LiveTable): string {
  const lacking = BASE.filter((name) => !table.columns.has(name))
  if (lacking.length === 0) return ''
  return `// ${table.schema}.${table.name} has no ${lacking.join(', ')}, which every entity has: add them first.\n`
}

function fieldLines(table: LiveTable, keys: TableKeys, tenant: string | undefined): string[] {
  const own = new Set([...BASE, keys.key, tenant, ...keys.implied])
  return [...table.columns]
    .filter(([name]) => !own.has(name))
    .map(([name, column]) => {
      const facts = { reference: keys.references.get(name), values: keys.values.get(name) }
      const { schema, note } = fieldOf(column, facts)
      if (schema === undefined || !/^[a-z][a-z0-9_]{0,39}$/.test(name)) {
        return `// ${name}: ${note ?? 'no name of a field ([a-z][a-z0-9_]*); left out'}`
      }
      return `${name}: ${schema},${note === undefined ? '' : ` // ${note}`}`
    })
}

function optionLines(table: LiveTable, keys: TableKeys, tenant: string | undefined): string[] {
  const lists = (all: readonly (readonly string[])[]) =>
    `[${all.map((columns) => `[${columns.map(quoted).join(', ')}]`).join(', ')}]`
  return [
    ...(tenant === undefined ? ["owned: 'nobody',"] : []),
    ...(keys.implied.includes('owner_id') ? ["owned: 'person',"] : []),
    ...(keys.implied.includes('deleted_at') ? ['softDelete: true,'] : []),
    ...(keys.uniques.length > 0 ? [`unique: ${lists(keys.uniques)},`] : []),
    ...(keys.indexes.length > 0 ? [`index: ${lists(keys.indexes)},`] : []),
    ...(keys.search.length > 0 ? [`search: [${keys.search.map(quoted).join(', ')}],`] : []),
    ...checkLines(keys),
    ...placeLines(table, keys, tenant),
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

/** Where the table stands, unless it is one that migrations made from an entity. */
function placeLines(table: LiveTable, keys: TableKeys, tenant: string | undefined): string[] {
  if (table.schema === 'app' && table.triggers.has(`${table.name}_touch`)) {
    return pluralOf(singularOf(table.name)) === table.name ? [] : [`plural: ${quoted(table.name)},`]
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

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
