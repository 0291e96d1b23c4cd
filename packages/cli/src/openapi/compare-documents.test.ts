import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Weight } from './api-change.ts'
import { changeLine } from './api-change.ts'
import { compareDocuments } from './compare-documents.ts'
import type { Json } from './document.ts'

const object = (properties: Json, more: Json = {}): Json => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
})

/** A document with one operation, whose parts a case replaces. */
function documentWith({ body, answer, ...more }: Json): Json {
  const content = (schema: unknown) => ({ content: { 'application/json': { schema } } })
  const operation = {
    operationId: 'postThings',
    description: 'Anyone who is signed in may call this.',
    security: [{ session: [] }],
    ...(body !== undefined && { requestBody: { required: true, ...content(body) } }),
    responses: { 200: answer === undefined ? {} : content(answer), 401: {} },
    ...more,
  }
  return { paths: { '/things/{id}': { post: operation } }, components }
}

const tree = object({ name: { type: 'string' }, child: { $ref: '#/components/schemas/Tree' } })
const components = { schemas: { Tree: tree } }
const query = (name: string, more: Json = {}) => ({
  name,
  in: 'query',
  required: false,
  schema: { type: 'string' },
  ...more,
})
const text = { type: 'string' }
const field = (schema: Json) => object({ name: schema })

type Case = readonly [title: string, before: Json, after: Json, weight: Weight | '', code?: string]

const operations: readonly Case[] = [
  ['nothing changed', { body: field(text) }, { body: field(text) }, ''],
  ['another success', { responses: { 200: {} } }, { responses: { 200: {}, 202: {} } }, 'warning'],
  [
    'another status',
    { responses: { 200: {} } },
    { responses: { 201: {} } },
    'breaking',
    'answer.removed',
  ],
  ['a new refusal', {}, { responses: { 200: {}, 401: {}, 409: {} } }, 'additive', 'refusal.added'],
  ['signing in is demanded', { security: [] }, {}, 'breaking', 'access.narrowed'],
  ['signing in is not demanded', {}, { security: [] }, 'additive', 'access.widened'],
  [
    'a permission is demanded',
    {},
    { description: 'Needs the permission `thing:read`: x.' },
    'breaking',
    'access.permission',
  ],
  [
    'keys may not call it any more',
    {},
    { description: 'A person who signed in may call this; a key may not.' },
    'breaking',
    'access.in_person',
  ],
  [
    'a fresh sign-in is demanded',
    {},
    {
      description: 'Anyone who is signed in may call this. The sign-in must be at most 900 s old.',
    },
    'breaking',
    'access.step_up',
  ],
  [
    'a fresh sign-in is not demanded any more',
    {
      description: 'Anyone who is signed in may call this. The sign-in must be at most 900 s old.',
    },
    {},
    '',
  ],
  ['typed clients call it otherwise', {}, { operationId: 'x' }, 'warning', 'operation.renamed'],
  ['a parameter is gone', { parameters: [query('q')] }, {}, 'breaking', 'parameter.removed'],
  ['a parameter is new', {}, { parameters: [query('q')] }, 'additive', 'parameter.added'],
  [
    'a new parameter is demanded',
    {},
    { parameters: [query('q', { required: true })] },
    'breaking',
    'parameter.demanded',
  ],
  [
    'a parameter is demanded',
    { parameters: [query('q')] },
    { parameters: [query('q', { required: true })] },
    'breaking',
    'parameter.demanded',
  ],
  [
    'a parameter takes less',
    { parameters: [query('q')] },
    { parameters: [query('q', { schema: { type: 'string', maxLength: 3 } })] },
    'breaking',
    'limit.stricter',
  ],
  [
    'a path parameter is called otherwise',
    { parameters: [{ name: 'id', in: 'path', required: true, schema: text }] },
    { parameters: [{ name: 'id', in: 'path', required: true, schema: text }] },
    '',
  ],
  ['the body is gone', { body: field(text) }, {}, 'breaking', 'body.removed'],
  ['a body is demanded', {}, { body: field(text) }, 'breaking', 'body.demanded'],
  [
    'a media type is gone',
    { body: text },
    { requestBody: { content: { 'text/plain': {} } } },
    'breaking',
    'media.removed',
  ],
]

const inputs: readonly Case[] = [
  ['a field is demanded', field(text), field(text), 'breaking', 'field.demanded'],
  ['a field is new', object({}), field(text), 'additive', 'field.added'],
  ['a field is refused', field(text), object({}), 'breaking', 'field.refused'],
  [
    'a field is ignored',
    field(text),
    object({}, { additionalProperties: {} }),
    'warning',
    'field.ignored',
  ],
  [
    'unknown fields are refused',
    object({}, { additionalProperties: {} }),
    object({}),
    'breaking',
    'object.closed',
  ],
  [
    'a type is narrower',
    field({ type: ['string', 'null'] }),
    field(text),
    'breaking',
    'type.changed',
  ],
  [
    'a type is wider',
    field({ type: 'integer' }),
    field({ type: 'number' }),
    'additive',
    'type.eased',
  ],
  [
    'a value is gone',
    field({ enum: ['a', 'b'] }),
    field({ enum: ['a'] }),
    'breaking',
    'values.narrowed',
  ],
  [
    'a value is new',
    field({ enum: ['a'] }),
    field({ enum: ['a', 'b'] }),
    'additive',
    'values.added',
  ],
  [
    'values are listed',
    field(text),
    field({ type: 'string', enum: ['a'] }),
    'breaking',
    'values.narrowed',
  ],
  [
    'a text is shorter',
    field({ type: 'string', maxLength: 9 }),
    field({ type: 'string', maxLength: 8 }),
    'breaking',
    'limit.stricter',
  ],
  [
    'a number is smaller',
    field({ minimum: 0 }),
    field({ minimum: 1 }),
    'breaking',
    'limit.stricter',
  ],
  ['a limit falls', field({ maximum: 9 }), field({}), 'additive', 'limit.looser'],
  [
    'a pattern comes',
    field(text),
    field({ type: 'string', pattern: '^a' }),
    'breaking',
    'pattern.changed',
  ],
  [
    'a format comes',
    field(text),
    field({ type: 'string', format: 'uuid' }),
    'breaking',
    'format.changed',
  ],
  ['another default', field({ default: 1 }), field({ default: 2 }), 'warning', 'default.changed'],
  [
    'items must differ',
    { type: 'array' },
    { type: 'array', uniqueItems: true },
    'breaking',
    'limit.stricter',
  ],
  ['a form is gone', { anyOf: [text, { type: 'integer' }] }, text, 'breaking', 'choice.removed'],
  ['a form is new', text, { anyOf: [text, { type: 'integer' }] }, 'additive', 'choice.added'],
]

const outputs: readonly Case[] = [
  ['a field is gone', field(text), object({}), 'breaking', 'field.removed'],
  ['a field is new', object({}), field(text), 'additive', 'field.added'],
  [
    'a field may be missing',
    object({ a: text }, { required: ['a'] }),
    object({ a: text }),
    'breaking',
    'field.optional',
  ],
  [
    'a field is null now',
    field(text),
    field({ type: ['string', 'null'] }),
    'breaking',
    'type.changed',
  ],
  [
    'a field is never null',
    field({ type: ['string', 'null'] }),
    field(text),
    'additive',
    'type.eased',
  ],
  [
    'a value is new',
    field({ enum: ['a'] }),
    field({ enum: ['a', 'b'] }),
    'warning',
    'values.added',
  ],
  [
    'a value is gone',
    field({ enum: ['a', 'b'] }),
    field({ enum: ['a'] }),
    'additive',
    'values.removed',
  ],
  ['any value', field({ enum: ['a'] }), field({}), 'warning', 'values.changed'],
  [
    'a format is gone',
    field({ type: 'string', format: 'uuid' }),
    field(text),
    'breaking',
    'format.changed',
  ],
  ['a limit falls', field({ maxLength: 3 }), field({}), 'warning', 'limit.looser'],
  [
    'deep in a list',
    { type: 'array', items: field(text) },
    { type: 'array', items: object({}) },
    'breaking',
    'field.removed',
  ],
  [
    'a place more',
    { prefixItems: [text] },
    { prefixItems: [text, text] },
    'breaking',
    'type.changed',
  ],
  ['a form is new', text, { oneOf: [text, { type: 'integer' }] }, 'breaking', 'choice.added'],
  [
    'a schema that holds itself',
    { $ref: '#/components/schemas/Tree' },
    { $ref: '#/components/schemas/Tree' },
    '',
  ],
]

const demanding = (schema: Json, title: string): Json =>
  title === 'a field is demanded' ? { ...schema, required: ['name'] } : schema

const all: readonly Case[] = [
  ...operations,
  ...inputs.map(
    ([title, before, after, ...rest]): Case => [
      `callers send: ${title}`,
      { body: before },
      { body: demanding(after, title) },
      ...rest,
    ],
  ),
  ...outputs.map(
    ([title, before, after, ...rest]): Case => [
      `callers read: ${title}`,
      { answer: before },
      { answer: after },
      ...rest,
    ],
  ),
]

for (const [title, before, after, weight, code] of all) {
  test(title, () => {
    const found = compareDocuments(documentWith(before), documentWith(after))
    assert.equal(found[0]?.weight ?? '', weight, found.map(changeLine).join('\n'))
    if (code !== undefined) assert.equal(found[0]?.code, code)
    if (weight === 'additive' || weight === 'warning')
      assert.ok(found.every((change) => change.weight !== 'breaking'))
  })
}

test('an operation that is gone breaks, a new one does not, and a change names its place', () => {
  const one = documentWith({ answer: { type: 'array', items: field(text) } })
  assert.deepEqual(
    compareDocuments(one, { paths: {} }).map(({ code }) => code),
    ['operation.removed'],
  )
  assert.deepEqual(
    compareDocuments({ paths: {} }, one).map(({ weight }) => weight),
    ['additive'],
  )
  const [change] = compareDocuments(
    one,
    documentWith({ answer: { type: 'array', items: object({}) } }),
  )
  assert.equal(
    change && changeLine(change),
    'breaking  POST /things/{id}, answer 200 [].name: is no longer answered',
  )
})

test('what a document says in words of who may call is read as the server writes it', () => {
  const file = new URL('../../../../template/src/generated/openapi.json', import.meta.url)
  const now = readFileSync(file, 'utf8')
  const open = now.replaceAll(
    /"description": "(?:Needs the permission|A person who signed in)[^"]*"/g,
    '"description": "Anyone who is signed in may call this."',
  )
  const codes = compareDocuments(JSON.parse(open), JSON.parse(now)).map(({ code }) => code)
  const found = [...new Set(codes)].sort()
  assert.deepEqual(found, ['access.in_person', 'access.permission', 'access.step_up'])
})

test('the name of a path parameter is nobody’s business but ours', () => {
  const renamed: Json = JSON.parse(
    JSON.stringify(documentWith({})).replace('/things/{id}', '/things/{thing_id}'),
  )
  assert.deepEqual(compareDocuments(documentWith({}), renamed), [])
})
