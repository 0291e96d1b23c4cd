import { readFile } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import { misuse } from '../../cli-error.ts'
import { suggestion } from '../../suggestion.ts'
import type { Field } from './field.ts'
import { fieldOf, parseField, type SpelledField } from './parse-field.ts'

/** An entity as a JSON or YAML file tells it; what is undefined was not said. */
export interface EntityDefinition {
  readonly name: string | undefined
  readonly plural: string | undefined
  readonly owned: string | undefined
  readonly softDelete: boolean
  readonly fields: readonly Field[]
}

type Known = Readonly<Record<string, 'string' | 'boolean' | 'array'>>

const ENTITY: Known = {
  name: 'string',
  plural: 'string',
  owned: 'string',
  softDelete: 'boolean',
  fields: 'array',
}
const FIELD: Known = {
  name: 'string',
  type: 'string',
  optional: 'boolean',
  unique: 'boolean',
  index: 'boolean',
  search: 'boolean',
  default: 'string',
  description: 'string',
}

/**
 * Reads `{ "name": "Product", "fields": ["sku:string!", { "name": "price", "type": "money" }] }`, or the
 * same as YAML from a file whose name ends so.
 * @param file path, or `-` for the standard input
 * @throws CliError (exit code 2) naming what is not right
 */
export async function readDefinition(file: string): Promise<EntityDefinition> {
  const where = file === '-' ? 'The standard input' : file
  const text = await (file === '-' ? textOf(process.stdin) : readFile(file, 'utf8')).catch(
    (cause: Error) => {
      throw misuse(`${where} cannot be read: ${cause.message}.`)
    },
  )
  const given = /\.ya?ml$/i.test(file) ? await fromYaml(where, text) : parsed(where, text)
  const found = await checked(given, ENTITY, where)
  const said: Partial<Omit<EntityDefinition, 'fields'>> & { fields?: readonly unknown[] } = found
  const { name, plural, owned, softDelete = false, fields = [] } = said
  const read = await Promise.all(fields.map((field) => readField(field, where)))
  return { name, plural, owned, softDelete, fields: read }
}

async function readField(given: unknown, where: string): Promise<Field> {
  if (typeof given === 'string') return parseField(given)
  const found = await checked(withText(given), FIELD, `A field in ${where}`)
  const { name = '', type = '' } = found as { name?: string; type?: string }
  return fieldOf({ ...(found as Partial<SpelledField>), name, type })
}

/** Defaults may stand as JSON has them: 0, true. */
function withText(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || !('default' in given)) return given
  const { default: value } = given
  return typeof value === 'number' || typeof value === 'boolean'
    ? { ...given, default: String(value) }
    : given
}

function parsed(where: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw misuse(`${where} is not JSON: ${cause instanceof Error ? cause.message : cause}.`)
  }
}

async function fromYaml(where: string, text: string): Promise<unknown> {
  const { parse } = await import('yaml')
  try {
    return parse(text)
  } catch (cause) {
    const [why] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw misuse(`${where} is not YAML: ${why?.replace(/[.:]$/, '')}.`)
  }
}

async function checked(given: unknown, known: Known, where: string): Promise<object> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw misuse(`${where} must be an object; see \`plinth entity add --help\`.`)
  for (const [key, value] of Object.entries(given)) {
    const type = Object.hasOwn(known, key) ? known[key] : undefined
    if (type === undefined) {
      const near = await suggestion(key, Object.keys(known))
      const next =
        near === undefined
          ? `it knows ${Object.keys(known).join(', ')}.`
          : `did you mean "${near}"?`
      throw misuse(`${where} says "${key}", which is not known; ${next}`)
    }
    const is = Array.isArray(value) ? 'array' : typeof value
    if (is !== type) throw misuse(`${where}: "${key}" must be of type ${type}.`)
  }
  return given
}
