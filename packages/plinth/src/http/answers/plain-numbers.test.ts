import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { validatorCompiler } from './compilers.ts'

const paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  ratio: z.coerce.number().optional(),
  name: z.string().optional(),
})

function validated(schema: z.ZodType, input: unknown, httpPart = 'querystring') {
  const validate = validatorCompiler({ schema, httpPart, method: 'GET', url: '/' })
  const result = validate(input)
  if (result === true || result === false || result === undefined) throw new TypeError('no result')
  const { value, error } = result as { value?: unknown; error?: { details: readonly unknown[] } }
  return { value, details: error?.details }
}

const SENTENCE = 'Must be a number in plain digits, such as 10.'
const NUMBERS = [
  '+5',
  '0x10',
  '1e1',
  ' 5',
  '5 ',
  '05',
  '٥',
  '',
  '1_000',
  '5.0',
  '-0',
  'Infinity',
  '0b1',
]

for (const limit of NUMBERS) {
  test(`only plain digits are a whole number, and ${JSON.stringify(limit)} has others`, () => {
    for (const part of ['querystring', 'params']) {
      const { details } = validated(paging, { limit }, part)
      const path = part === 'params' ? 'params/limit' : 'query/limit'
      assert.deepEqual(details, [{ path, message: SENTENCE, code: 'invalid_type' }])
    }
  })
}

test('a number that is sent twice is none', () => {
  assert.equal(validated(paging, { limit: ['1', '2'] }).details?.length, 1)
  assert.equal(validated(paging, { limit: ['1'] }).details?.length, 1)
})

test('plain digits, fractions and what JSON writes for a fraction are read', () => {
  assert.deepEqual(validated(paging, { limit: '100', ratio: '-0.25' }).value, {
    limit: 100,
    ratio: -0.25,
  })
  assert.deepEqual(validated(paging, { ratio: '1e-7' }).value, { limit: 50, ratio: 1e-7 })
  assert.ok(validated(paging, { ratio: '0x10' }).details)
  assert.ok(validated(paging, { limit: '101' }).details)
})

test('one fault, one sentence: the checks of a text say nothing of a list in its place', () => {
  const body = z.strictObject({
    sku: z
      .string()
      .min(3)
      .max(5)
      .regex(/^[A-Z]+$/),
  })
  for (const sku of [[], ['a', 'b', 'c', 'd', 'e', 'f'], 5, null, {}]) {
    const { details } = validated(body, { sku }, 'body')
    assert.deepEqual(details?.length, 1, JSON.stringify(sku))
  }
  assert.equal(validated(body, { sku: 'ab' }, 'body').details?.length, 2)
})
