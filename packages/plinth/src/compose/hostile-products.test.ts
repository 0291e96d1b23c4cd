import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { decimal, entity, money, timestamp } from '../data/index.ts'
import { crud } from '../entities/index.ts'
import { feature } from '../feature/index.ts'
import type { Answer, Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

const gadget = entity(
  'gadget',
  {
    name: z.string().max(40),
    price: money(),
    stock: z.int32().default(0),
    weight: decimal(12, 3).nullable().default(null),
    made: z.iso.date().nullable().default(null),
    sold_at: timestamp().nullable().default(null),
    ratio: z.number().nullable().default(null),
    part: z.uuid().nullable().default(null),
  },
  { index: [['stock']] },
)

let world: World
let ana: Person
before(async () => {
  const gadgets = feature('gadget', { entities: [gadget], routes: [crud(gadget)] })
  world = await startWorld({ features: [gadgets] })
  ana = await world.signIn('ana')
})
after(() => world[Symbol.asyncDispose]())

/** Refused as the caller's fault, without a word of the database, of the code or of its files. */
function refused(answer: Answer<unknown>, what: string): void {
  const text = JSON.stringify(answer.body)
  assert.ok([400, 404, 413, 414, 415, 422].includes(answer.status), `${what}: ${answer.status}`)
  assert.doesNotMatch(text, /invalid input syntax|out of range for type|22P02|22003|\.ts:/, what)
  assert.match(answer.headers.get('content-type') ?? '', /problem\+json/)
}

const junk: Readonly<Record<string, readonly string[]>> = {
  limit: ['0', '-1', '101', '1e3', '99999999999999999999', '1.5', 'NaN', '%20', '١'],
  offset: ['-1', '2147483648', '9007199254740993', '1e400', '-0.5', 'Infinity'],
  cursor: ['x', '%00', '..%2f..', "'%20or%201=1", 'e30', 'eyJhIjoxfQ', 'a'.repeat(5_000), '😀'],
  count: ['all', '', '1', 'EXACT'],
  stock: ['2147483648', '-2147483649', '1e400', 'x'],
  unknown: ['1'],
}

for (const [field, values] of Object.entries(junk)) {
  test(`HI-20 HI-23 a list with junk in ${field} is the caller’s fault`, async () => {
    for (const value of values) {
      const query = `${field}=${value}`
      refused(await ana.get<unknown>(`/api/v1/gadgets?${query}`), query.slice(0, 60))
    }
  })
}

const ids = [
  '0',
  '-1',
  '9'.repeat(40),
  'null',
  'undefined',
  '00000000-0000-0000-0000-00000000000',
  '00000000-0000-0000-0000-0000000000000',
  'g0000000-0000-0000-0000-000000000000',
  '%7B00000000-0000-7000-8000-000000000000%7D',
  'urn:uuid:00000000-0000-7000-8000-000000000000',
  '00000000000070008000000000000000',
  '00000000-0000-7000-8000-000000000000%00',
  '00000000-0000-7000-8000-000000000000%20',
  "'%20or%20'1'='1",
  '..%2f..%2fetc',
  '%f0%9f%98%80',
  'a'.repeat(190),
]

test('HI-20 an id in any form but its own is the caller’s fault, in every operation', async () => {
  const body = { name: 'x', price: 1 }
  for (const id of ids) {
    const path = `/api/v1/gadgets/${id}`
    refused(await ana.get<unknown>(path), `GET ${id}`)
    refused(await ana.delete<unknown>(path), `DELETE ${id}`)
    refused(await ana.patch<unknown>(path, { stock: 1 }), `PATCH ${id}`)
    refused(await ana.put<unknown>(path, body), `PUT ${id}`)
  }
})

const bodies: readonly (readonly [string, unknown])[] = [
  ['stock', 2_147_483_648],
  ['stock', -2_147_483_649],
  ['stock', 1.5],
  ['stock', '1'],
  ['price', 9_007_199_254_740_992],
  ['price', -9_007_199_254_740_992],
  ['price', 0.1],
  ['price', '1'],
  ['weight', '1e400'],
  ['weight', '9'.repeat(400)],
  ['weight', 'NaN'],
  ['weight', 'Infinity'],
  ['weight', 1],
  ['made', '0000-00-00'],
  ['made', '2026-02-30'],
  ['made', '275760-09-13'],
  ['made', '-000001-01-01'],
  ['made', 'infinity'],
  ['sold_at', '0000-00-00T00:00:00Z'],
  ['sold_at', '2026-01-01T25:00:00Z'],
  ['sold_at', '2026-01-01T00:00:00+99:99'],
  ['sold_at', '+275760-09-13T00:00:00.001Z'],
  ['sold_at', '2026-01-01T00:00:00[Mars/Base]'],
  ['sold_at', 'now'],
  ['ratio', 'NaN'],
  ['ratio', '1'],
  ['part', '{00000000-0000-7000-8000-000000000000}'],
  ['part', '00000000000070008000000000000000'],
  ['name', 'a\0b'],
  ['name', 'x'.repeat(41)],
  ['name', '\ud800'],
  ['name', { $gt: '' }],
  ['name', ['a']],
]

test('HI-19 HI-20 an extreme value in a field is the caller’s fault, and nothing is written', async () => {
  for (const [field, value] of bodies) {
    const body = { name: 'Lamp', price: 1, [field]: value }
    refused(await ana.post<unknown>('/api/v1/gadgets', body), `${field} ${String(value)}`)
  }
  const { body } = await ana.get('/api/v1/gadgets?count=exact')
  assert.equal(body['total'], 0)
})

/** What parses, and is as far out as a column goes: kept exactly, or refused; never a fault of ours. */
const edges: readonly (readonly [string, unknown])[] = [
  ['stock', 2_147_483_647],
  ['stock', -2_147_483_648],
  ['price', Number.MAX_SAFE_INTEGER],
  ['price', Number.MIN_SAFE_INTEGER],
  ['weight', '999999999.999'],
  ['made', '0001-01-01'],
  ['made', '9999-12-31'],
  ['sold_at', '0001-01-01T00:00:00.000Z'],
  ['sold_at', '9999-12-31T23:59:59.999Z'],
  ['ratio', 1.797_693_134_862_315_7e308],
  ['ratio', 5e-324],
  ['name', '😀'.repeat(20)],
]

test('HI-20 a value at the edge of its column comes back as it was sent', async () => {
  for (const [field, value] of edges) {
    const body = { name: 'Lamp', price: 1, [field]: value }
    const created = await ana.post('/api/v1/gadgets', body)
    assert.equal(created.status, 201, `${field} ${String(value)} ${JSON.stringify(created.body)}`)
    const read = await ana.get(created.headers.get('location') ?? '')
    assert.deepEqual(read.body[field], value)
  }
})

test('HI-20 dates before the year 1, and years beyond 9999, are no fault of ours', async () => {
  for (const made of ['0000-01-01', '10000-01-01', '0000-12-31']) {
    const { status } = await ana.post('/api/v1/gadgets', { name: 'Lamp', price: 1, made })
    assert.ok(status < 500, `${made}: ${status}`)
  }
  const sold = ['0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999-23:59']
  for (const sold_at of sold) {
    const { status } = await ana.post('/api/v1/gadgets', { name: 'Lamp', price: 1, sold_at })
    assert.ok(status < 500, `${sold_at}: ${status}`)
  }
  assert.equal((await ana.get('/api/v1/gadgets')).status, 200)
})
