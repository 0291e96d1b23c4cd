import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { serializerFor } from './compilers.ts'

const small = z.object({ name: z.string() })
const large = z.object({ name: z.string(), note: small.nullable() })
const secret = 'never sent'

test('v5.0.0-V15.3.1 undeclared fields are left out at every depth, also where null is another choice', () => {
  const shapes: readonly (readonly [schema: z.ZodType, answer: unknown, sent: unknown])[] = [
    [small, { name: 'a', secret }, { name: 'a' }],
    [small.nullable(), { name: 'a', secret }, { name: 'a' }],
    [small.nullable(), null, null],
    [z.strictObject({ name: z.string() }).nullable(), { name: 'a', secret }, { name: 'a' }],
    [large, { name: 'a', note: { name: 'b', secret }, secret }, { name: 'a', note: { name: 'b' } }],
    [z.array(small.nullable()), [{ name: 'a', secret }, null], [{ name: 'a' }, null]],
    [z.record(z.string(), small), { x: { name: 'a', secret } }, { x: { name: 'a' } }],
    [z.record(z.string(), small).nullable(), { x: { name: 'a', secret } }, { x: { name: 'a' } }],
    [
      z.intersection(small, z.object({ age: z.int() })),
      { name: 'a', age: 1, secret },
      { name: 'a', age: 1 },
    ],
  ]
  for (const [schema, answer, sent] of shapes) {
    const inside = z.object({ inside: schema })
    const text = serializerFor(inside)({ inside: answer })
    assert.deepEqual(JSON.parse(text), { inside: sent }, JSON.stringify(z.toJSONSchema(schema)))
  }
})

test('of several objects that an answer may be, the one that fits to the letter is sent, else the first', () => {
  const either = serializerFor(z.object({ it: z.union([small, large]) }))
  const sent = (it: unknown) => JSON.parse(either({ it })).it
  assert.deepEqual(sent({ name: 'a', note: null }), { name: 'a', note: null })
  assert.deepEqual(sent({ name: 'a' }), { name: 'a' })
  assert.deepEqual(sent({ name: 'a', secret }), { name: 'a' })
  const kinds = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('call'), number: z.string() }),
    z.object({ kind: z.literal('mail'), to: small.nullable() }),
  ])
  const told = serializerFor(z.object({ it: kinds.nullable() }))
  const mail = { kind: 'mail', to: { name: 'a' } }
  assert.deepEqual(JSON.parse(told({ it: mail })).it, mail)
  const over = { kind: 'mail', to: { name: 'a', secret }, secret }
  assert.deepEqual(JSON.parse(told({ it: over })).it, mail)
  assert.throws(() => told({ it: { kind: 'fax', secret } }), /does not match/)
})
