import { withArticle } from 'plinth/data'
import type { Field } from '../fields/field.ts'
import { quoted } from '../fields/quote.ts'
import { chainText, fits, LINE_WIDTH, nameLists, objectText } from './layout.ts'
import { type EntityPlan, pathOf } from './plan.ts'

/** The text of `product.ts`: the entity and its feature. */
export function entityText(plan: EntityPlan): string {
  const names = ['crud', 'entity', 'feature', ...namesFrom(plan, 'plinth')].sort()
  return `${importsText(plan, names)}
${declarationText(plan)}
/** List, read, create, replace, change and delete at \`${pathOf(plan)}\`. */
${featureText(plan, 'crud')}`
}

/** The text of `product.ts` of an entity that is split: the entity alone. */
export function entityAloneText(plan: EntityPlan): string {
  return `${importsText(plan, ['entity', ...namesFrom(plan, 'plinth')].sort())}
${declarationText(plan)}`
}

/** `export const productFeature = feature(…)`. */
export function featureText({ name }: EntityPlan, routes: string): string {
  const { camel, snake } = name
  const start = `export const ${camel}Feature = feature(`
  const head = `${start}'${snake}', `
  const entries = [
    ['entities', `[${camel}]`],
    ['routes', `[${routes}(${camel})]`],
  ] as const
  if (fits(`${head}{`, 0)) {
    return `${head}${objectText(entries, { indent: 0, used: head.length + 1 })})\n`
  }
  const parts = objectText(entries, { indent: 2, used: LINE_WIDTH })
  return `${start}\n  '${snake}',\n  ${parts},\n)\n`
}

function importsText(plan: EntityPlan, fromPlinth: readonly string[]): string {
  const fromData = namesFrom(plan, 'plinth/data')
  const usesZod = plan.fields.some(({ schema }) => schema.startsWith('z.'))
  return [
    `import { ${fromPlinth.join(', ')} } from 'plinth'\n`,
    fromData.length === 0 ? '' : `import { ${fromData.join(', ')} } from 'plinth/data'\n`,
    usesZod ? "import { z } from 'zod'\n" : '',
  ].join('')
}

function namesFrom({ fields }: EntityPlan, module: string): string[] {
  const wanted = fields.flatMap(({ imports }) => imports.filter(({ from }) => from === module))
  return [...new Set(wanted.map(({ name }) => name))].sort()
}

function declarationText(plan: EntityPlan): string {
  const { camel, snake, words } = plan.name
  const options = optionEntries(plan)
  const doc = `/** ${capital(withArticle(words))}. Each field is a column of \`app.${plan.plural}\`. */`
  const start = `${doc}\nexport const ${camel} = entity(`
  const indent = options.length === 0 ? 2 : 4
  const pad = ' '.repeat(indent)
  const fields = plan.fields.map((field) => `${pad}${fieldText(field, indent)},\n`).join('')
  if (options.length === 0) return `${start}'${snake}', {\n${fields}})\n`
  const values = options.map(([key, lists]) => [key, valueText(key, lists)] as const)
  const shown = objectText(values, { indent: 2, used: 3 })
  return `${start}\n  '${snake}',\n  {\n${fields}  },\n  ${shown},\n)\n`
}

/** `name: z.string().trim().min(1).max(200).describe('Shown on the invoice')`. */
export function fieldText(field: Field, indent: number): string {
  const before = `${field.name}: `
  const [head = '', ...links] = chainOf(field)
  const used = indent + before.length + 1
  return `${before}${chainText({ head, links }, { indent, used })}`
}

/** The schema cut before each call: `z`, `.string()`, `.trim()`; `money()`, `.min(0)`. */
function chainOf({ schema, optional, fallback, description }: Field): string[] {
  const nullable = fallback === undefined ? '.optional()' : '.nullable()'
  const wrappers = [
    optional ? nullable : '',
    fallback === undefined ? '' : `.default(${fallback})`,
    description === undefined ? '' : `.describe(${quoted(description)})`,
  ]
  const calls = schema.split(
    /(?=\.(?:string|trim|min|max|int32|iso|date|number|boolean|uuid|enum|record|array)\()/,
  )
  return [...calls, ...wrappers.filter((text) => text !== '')]
}

type OptionValue = string | readonly string[][]

function optionEntries(plan: EntityPlan): readonly (readonly [string, OptionValue])[] {
  const { fields } = plan
  const unique = fields.filter((field) => field.unique).map(({ name }) => [name])
  const index = fields.filter((field) => field.index).map(indexOf)
  const search = fields.filter((field) => field.search).map(({ name }) => `'${name}'`)
  const entries: readonly (readonly [string, OptionValue | undefined])[] = [
    ['plural', plan.saysPlural ? `'${plan.plural}'` : undefined],
    ['owned', plan.owned === 'tenant' ? undefined : `'${plan.owned}'`],
    ['softDelete', plan.softDelete ? 'true' : undefined],
    ['unique', unique.length > 0 ? unique : undefined],
    ['index', index.length > 0 ? index : undefined],
    ['search', search.length > 0 ? `[${search.join(', ')}]` : undefined],
  ]
  return entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
}

/** What is filtered by equality only is then read newest first, so the index goes on with the time. */
function indexOf({ name, equalityOnly }: Field): string[] {
  return equalityOnly ? [name, 'created_at'] : [name]
}

function valueText(key: string, value: OptionValue): string {
  return typeof value === 'string' ? value : nameLists([...value], 4, key.length + 7)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
