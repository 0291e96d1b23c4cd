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

test('what may be null is written like what may not: by whatever rules it was stored, with its defaults', () => {
  const stored = { lang: 'deu', size: 9, mail: 'none', secret }
  const settings = z.object({
    lang: z.enum(['de', 'en']),
    size: z.int32().max(5),
    mail: z.email(),
    theme: z.string().default('dark'),
  })
  const named = settings.meta({ id: 'SentSettings' })
  const nested = z.object({
    it: settings,
    get next() {
      return nested.nullable()
    },
  })
  const sent = { lang: 'deu', size: 9, mail: 'none', theme: 'dark' }
  const day = z.string().meta({ format: 'date' })
  const cases: readonly (readonly [schema: z.ZodType, answer: unknown, sent: unknown])[] = [
    [settings, stored, sent],
    [z.array(settings).max(1), [stored, stored], [sent, sent]],
    [named, stored, sent],
    [
      nested,
      { it: stored, next: { it: stored, next: null, secret } },
      { it: sent, next: { it: sent, next: null } },
    ],
    [z.enum(['de']), 'deu', 'deu'],
    [day, 'infinity', 'infinity'],
  ]
  for (const [schema, answer, expected] of cases) {
    const both = z.object({ one: schema, other: schema.nullable(), none: schema.nullable() })
    const text = serializerFor(both)({ one: answer, other: answer, none: null })
    assert.deepEqual(JSON.parse(text), { one: expected, other: expected, none: null })
  }
})

test('a field may be called like a keyword of JSON Schema', () => {
  const names = [
    'anyOf',
    'oneOf',
    'properties',
    'required',
    'enum',
    'items',
    'additionalProperties',
  ]
  const shape = Object.fromEntries(names.map((name) => [name, small]))
  const answer = Object.fromEntries(names.map((name) => [name, { name: 'a', secret }]))
  const sent = Object.fromEntries(names.map((name) => [name, { name: 'a' }]))
  for (const schema of [z.object(shape), z.object(shape).nullable()]) {
    assert.deepEqual(JSON.parse(serializerFor(z.object({ it: schema }))({ it: answer })).it, sent)
  }
})

test('null stays null wherever an answer is one of several', () => {
  const call = z.object({
    kind: z.literal('call'),
    state: z.enum(['open']).nullable(),
    mark: z.literal('m').nullable(),
    more: z.unknown().nullable(),
  })
  const kinds = z.discriminatedUnion('kind', [call, z.object({ kind: z.literal('mail') })])
  const told = serializerFor(z.object({ it: kinds.nullable() }))
  const it = { kind: 'call', state: null, mark: null, more: null }
  assert.deepEqual(JSON.parse(told({ it: { ...it, secret } })).it, it)
  assert.equal(JSON.parse(told({ it: null })).it, null)
})
