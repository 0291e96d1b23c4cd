import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { entity } from './entity.ts'
import { money } from './money.ts'
import { rowReader } from './read-row.ts'

const thing = entity('thing', { price: money(), note: z.string().nullable() })
const read = rowReader(thing.declaration)
const RAW = {
  id: '0199c2f0-0000-7000-8000-000000000000',
  price: '1999',
  note: null,
  version: 1,
  created_at: '2026-11-22T12:00:00.000Z',
  updated_at: '2026-11-22T12:00:00.000Z',
}

test('a row is read by its kinds, in place, and a nullable field may be null', () => {
  const raw = { ...RAW }
  assert.equal(read(raw), raw)
  assert.deepEqual(raw, { ...RAW, price: 1999 })
  assert.deepEqual(read({ ...RAW, note: 'x' }), { ...RAW, price: 1999, note: 'x' })
})

test('a NOT NULL column that is null or not there is a failure that names it, never an empty text', () => {
  const apart = /^TypeError: thing\.price is declared NOT NULL and came back as null$/
  assert.throws(() => read({ ...RAW, price: null }), apart)
  assert.throws(() => read({ ...RAW, price: null, note: 'x' }), apart)
  const { price: _, ...without } = RAW
  assert.throws(() => read({ ...without, note: 'x' }), apart)
})
