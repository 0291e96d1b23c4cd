import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { isPlainJson } from './plain-json.ts'

const text = z.string().max(9).describe('a text')
const PLAIN: readonly z.ZodType[] = [
  z.strictObject({ text, more: z.object({ n: z.int32() }).optional(), on: z.boolean().readonly() }),
  z.array(z.union([z.literal(['a', 1, null]), z.enum(['b', 'c'])])).nullable(),
  z.record(z.string(), z.json()),
  z.looseObject({ given: z.unknown(), at: z.iso.datetime().default('2026-01-01T00:00:00Z') }),
]
const NOT: readonly z.ZodType[] = [
  z.object({ at: z.date() }),
  z.array(z.bigint()).describe('large'),
  z.object({ text: text.transform((given) => given.length) }),
  z.object({ n: z.literal(1n) }),
  z.object({ n: z.unknown().default(1n) }),
  z.object({ [Symbol('s')]: text }),
  z.record(
    z.string(),
    z.lazy(() => z.set(z.string())),
  ),
  z.object({ a: z.string().meta({ id: 'twice' }).describe('a'), b: text }),
  z.custom<string>((given) => given === 'a'),
  z.undefined(),
]

test('what is plain JSON has a JSON Schema', () => {
  for (const schema of PLAIN) {
    assert.equal(isPlainJson(schema), true)
    for (const io of ['input', 'output'] as const)
      assert.doesNotThrow(() => z.toJSONSchema(schema, { io }))
  }
})

test('what may have none is not called plain', () => {
  for (const schema of NOT) assert.equal(isPlainJson(schema), false, schema.def.type)
})
