import fc from 'fast-check'
import type { Json } from './document.ts'

/** Values that no schema of a text field means, and that break careless code. */
const HOSTILE = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  '\u0000',
  '\ud800',
  '\u202e',
  "' or 1=1 --",
  '{"$ne":null}',
  '../../etc/passwd',
  '%00',
  'a'.repeat(5_000),
  '١٢٣',
  'İ',
  '9'.repeat(40),
  '1e400',
  '__proto__',
]

const junk = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.constantFrom(null, true, [], {}, [[]], -0, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 0.1),
  fc.jsonValue({ maxDepth: 2 }),
)

/** Values that a schema takes, and now and then one that it should refuse, at any depth. */
export function valuesFor(schema: Json): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: taken(schema) }, { weight: 1, arbitrary: junk })
}

function taken(schema: Json): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema['const'])
  const values = schema['enum']
  if (Array.isArray(values)) return fc.constantFrom(...values)
  const ways = [schema['anyOf'], schema['oneOf']].flat().filter((way) => way !== undefined)
  if (ways.length > 0) return fc.oneof(...ways.map((way) => valuesFor(Object(way))))
  const types = [schema['type']].flat()
  return fc.oneof(...types.map((type) => ofType(String(type), schema)))
}

function ofType(type: string, schema: Json): fc.Arbitrary<unknown> {
  if (type === 'string') return textFor(schema)
  if (type === 'integer') return fc.integer(rangeOf(schema))
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true })
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  if (type === 'array') return fc.array(valuesFor(Object(schema['items'])), { maxLength: 5 })
  return type === 'object' ? objectFor(schema) : junk
}

function rangeOf(schema: Json): { min: number; max: number } {
  const number = (key: string, otherwise: number) => {
    const value = schema[key]
    return typeof value === 'number' ? value : otherwise
  }
  return { min: number('minimum', -(2 ** 31)), max: number('maximum', 2 ** 31 - 1) }
}

function textFor({ format, pattern, maxLength }: Json): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  const most = Math.min(Number(maxLength ?? 60), 300)
  // fast-check draws no text for a pattern that looks around.
  if (typeof pattern !== 'string' || /\(\?[=!<]/.test(pattern)) return anyText('binary', most)
  const matching = new RegExp(pattern, 'u')
  // Nor for one with properties of Unicode.
  return pattern.includes('\\p{')
    ? anyText('grapheme', most).filter((text) => matching.test(text))
    : fc.stringMatching(matching)
}

const texts = new Map<string, fc.Arbitrary<string>>()

/** Each is made once: it lists all characters of Unicode, which takes half a second. */
function anyText(unit: 'binary' | 'grapheme', maxLength: number): fc.Arbitrary<string> {
  const key = `${unit} ${maxLength}`
  const text = texts.get(key) ?? fc.string({ unit, maxLength })
  texts.set(key, text)
  return text
}

function objectFor(schema: Json): fc.Arbitrary<object> {
  const properties = Object.entries(Object(schema['properties']))
  const fields = Object.fromEntries(properties.map(([name, one]) => [name, valuesFor(Object(one))]))
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  const declared = fc.record(fields, { requiredKeys: required })
  return fc.oneof(
    { weight: 9, arbitrary: declared },
    {
      weight: 1,
      arbitrary: fc.tuple(declared, junk).map(([object, more]) => ({ ...object, more })),
    },
  )
}
