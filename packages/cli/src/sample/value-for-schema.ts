import { textForPattern } from './pattern-text.ts'
import type { Random } from './random.ts'

/** A JSON Schema. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** What values are made from. */
export interface Samples {
  readonly random: Random
  /** Definitions that `$ref` points at, by the whole pointer. */
  resolve?(pointer: string): JsonSchema | undefined
  /** Whether fields that may be left out are given too. */
  readonly optional?: boolean
}

/** How deep a schema that holds itself is followed. */
const DEEPEST = 6

/**
 * A value that a JSON Schema most likely takes: conditions that JSON Schema does not say are the
 * caller's to check. `examples` win, as they were chosen by whoever knows.
 */
export function valueForSchema(samples: Samples, schema: JsonSchema, depth = 0): unknown {
  const { random } = samples
  if (typeof schema['$ref'] === 'string' && depth < DEEPEST) {
    const target = samples.resolve?.(schema['$ref'])
    return target === undefined ? null : valueForSchema(samples, target, depth + 1)
  }
  const [first, ...others] = choicesOf(schema)
  if (first !== undefined) return random.pick([first, ...others])
  const [way, ...ways] = schemasAt(schema, 'anyOf').concat(schemasAt(schema, 'oneOf'))
  if (way !== undefined) return valueForSchema(samples, random.pick([way, ...ways]), depth + 1)
  const all = schemasAt(schema, 'allOf')
  // Several patterns of one text are tried together.
  if (all.length > 0 && schema['type'] !== 'string') {
    const { allOf, ...rest } = schema
    return valueForSchema(samples, Object.assign({}, rest, ...all), depth + 1)
  }
  return valueOfType(samples, schema, depth)
}

function choicesOf(schema: JsonSchema): readonly unknown[] {
  if ('const' in schema) return [schema['const']]
  for (const key of ['examples', 'enum']) {
    const list = schema[key]
    if (Array.isArray(list) && list.length > 0) return list
  }
  return []
}

function schemasAt(schema: JsonSchema, key: string): readonly JsonSchema[] {
  const list = schema[key]
  return Array.isArray(list) ? list.filter((one) => typeof one === 'object' && one !== null) : []
}

function valueOfType(samples: Samples, schema: JsonSchema, depth: number): unknown {
  const type = [schema['type']].flat().find((one) => one !== 'null')
  if (type === 'string') return textFor(samples.random, schema)
  if (type === 'integer' || type === 'number') return numberFor(samples.random, schema)
  if (type === 'boolean') return samples.random.whole(0, 1) === 1
  if (type === 'array') return listFor(samples, schema, depth)
  if (type === 'object') return objectFor(samples, schema, depth)
  return null
}

const LARGEST = 999_999_999

/** Large where that is allowed: a number of nine digits is told from any other. */
function numberFor(random: Random, schema: JsonSchema): number {
  const least = numberAt(schema, 'minimum') ?? (numberAt(schema, 'exclusiveMinimum') ?? -1) + 1
  const below = numberAt(schema, 'exclusiveMaximum')
  const most = numberAt(schema, 'maximum') ?? (below === undefined ? undefined : below - 1)
  const to = Math.max(least, most ?? Math.max(LARGEST, least + LARGEST))
  const from = Math.max(least, Math.ceil(to / 9))
  const value = random.whole(Math.min(from, to), to)
  const step = numberAt(schema, 'multipleOf')
  return step === undefined ? value : Math.ceil(value / step) * step
}

function numberAt(schema: JsonSchema, key: string): number | undefined {
  const value = schema[key]
  return typeof value === 'number' ? value : undefined
}

const HEX = [...'0123456789abcdef']

const FORMATS: Readonly<Record<string, (random: Random) => string>> = {
  uuid: (random) =>
    `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  date: (random) => `20${two(random, 10, 29)}-${two(random, 1, 12)}-${two(random, 1, 28)}`,
  'date-time': (random) =>
    `20${two(random, 10, 29)}-${two(random, 1, 12)}-${two(random, 1, 28)}T${two(random, 0, 23)}:${two(random, 0, 59)}:${two(random, 0, 59)}.${random.whole(100, 999)}Z`,
  time: (random) => `${two(random, 0, 23)}:${two(random, 0, 59)}:${two(random, 0, 59)}`,
  email: (random) => `${random.word(10)}@example.com`,
  uri: (random) => `https://example.com/${random.word(12)}`,
  ipv4: (random) => `192.0.2.${random.whole(1, 254)}`,
  ipv6: (random) => `2001:db8::${hex(random, 4)}`,
  hostname: (random) => `${random.word(10)}.example`,
}

function hex(random: Random, length: number): string {
  return Array.from({ length }, () => HEX[random.whole(0, 15)]).join('')
}

function two(random: Random, least: number, most: number): string {
  return String(random.whole(least, most)).padStart(2, '0')
}

const USUAL = 16
const ATTEMPTS = 20

function textFor(random: Random, schema: JsonSchema): string {
  const made = FORMATS[String(schema['format'])]
  if (made !== undefined) return made(random)
  const least = numberAt(schema, 'minLength') ?? 0
  const most = numberAt(schema, 'maxLength') ?? Number.POSITIVE_INFINITY
  const patterns = patternsOf(schema)
  const fits = (text: string): boolean =>
    text.length >= least &&
    text.length <= most &&
    patterns.every((pattern) => new RegExp(pattern, 'u').test(text))
  for (let attempt = 0; patterns.length > 0 && attempt < ATTEMPTS; attempt += 1) {
    const source = patterns[attempt % patterns.length] ?? ''
    const text = textForPattern(source, random, attempt < ATTEMPTS / 2)
    if (text !== undefined && fits(text)) return text
  }
  // What no pattern could be followed to may be one of the usual forms.
  const known = patterns.length === 0 ? [] : Object.values(FORMATS).map((make) => make(random))
  return known.find(fits) ?? random.word(Math.max(least, Math.min(most, USUAL)))
}

function patternsOf(schema: JsonSchema): readonly string[] {
  const own = [schema, ...schemasAt(schema, 'allOf')].map((one) => one['pattern'])
  return own.filter((one) => typeof one === 'string')
}

function listFor(samples: Samples, schema: JsonSchema, depth: number): readonly unknown[] {
  const places = schemasAt(schema, 'prefixItems')
  if (places.length > 0) return places.map((one) => valueForSchema(samples, one, depth + 1))
  const items = schema['items']
  const least = numberAt(schema, 'minItems') ?? (depth < DEEPEST ? 1 : 0)
  if (typeof items !== 'object' || items === null) return []
  return Array.from({ length: least }, () => valueForSchema(samples, { ...items }, depth + 1))
}

function objectFor(samples: Samples, schema: JsonSchema, depth: number): object {
  const required = schema['required']
  const demanded = Array.isArray(required) ? required : []
  const wanted = Object.entries(schema['properties'] ?? {}).filter(
    ([name]) => demanded.includes(name) || (samples.optional === true && depth < DEEPEST),
  )
  return Object.fromEntries(
    wanted.map(([name, one]) => [name, valueForSchema(samples, Object(one), depth + 1)]),
  )
}
