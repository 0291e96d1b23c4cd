import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bigint, decimal, timestamp } from 'plinth/data'
import { z } from 'zod'
import { textForPattern } from './pattern-text.ts'
import { randomFrom } from './random.ts'
import { valueForSchema } from './value-for-schema.ts'

const schemas: readonly z.ZodType[] = [
  z.string().min(3).max(5),
  z.string().regex(/^[A-Z0-9-]{3,40}$/),
  z.string().regex(/^(?:0|[1-9]\d{0,9})(?:\.\d{1,2})?$/),
  z.string().regex(/^[a-z][\w.]*(-[a-z]+)+\/?$/),
  z.string().regex(/^[^@\s]+@(?<host>\w+)$/),
  z.uuid(),
  z.email(),
  z.url(),
  z.iso.date(),
  z.iso.datetime(),
  timestamp(),
  decimal(8, 2),
  bigint(),
  z.int32().min(0).max(3),
  z.number().positive(),
  z.int().multipleOf(5).min(1),
  z.enum(['a', 'b']),
  z.literal('x'),
  z.boolean(),
  z.array(z.object({ id: z.uuid(), note: z.string().nullable() })).min(2),
  z.tuple([z.string(), z.int()]),
  z.union([z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b'), n: z.int() })]),
  z.intersection(z.object({ a: z.string() }), z.object({ b: z.int() })),
  z
    .string()
    .meta({ examples: ['only this'] })
    .refine((text) => text === 'only this'),
]

test('a value that is made for a schema is one that the schema takes', () => {
  const random = randomFrom(1)
  for (const schema of schemas) {
    const json = z.toJSONSchema(schema, { io: 'input' })
    for (let round = 0; round < 20; round += 1) {
      const value = valueForSchema({ random, optional: round % 2 === 0 }, { ...json })
      const { success, error } = schema.safeParse(value)
      assert.ok(success, `${JSON.stringify(json)} made ${JSON.stringify(value)}: ${error?.message}`)
    }
  }
})

test('the same seed gives the same values, another gives others', () => {
  const word = (seed: number) => randomFrom(seed).word(20)
  assert.equal(word(7), word(7))
  assert.notEqual(word(7), word(8))
})

test('a pattern that cannot be read is said to be none of ours', () => {
  for (const source of ['(?=a)b', '(a)\\1', '\\p{L}+', '[a-z', '(a'])
    assert.equal(textForPattern(source, randomFrom(1)), undefined, source)
})
