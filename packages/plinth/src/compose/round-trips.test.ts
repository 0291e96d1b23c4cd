import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { z } from 'zod'
import { entity } from '../data/index.ts'
import { crud } from '../entities/index.ts'
import { feature } from '../feature/index.ts'
import type { Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

const gadget = entity('gadget', { name: z.string().max(40) })
const gadgets = feature('gadget', { entities: [gadget], routes: [crud(gadget)] })

let world: World
let ana: Person
let admin: Client
let path = ''
before(async () => {
  world = await startWorld({ features: [gadgets] })
  ana = await world.signIn('ana')
  path = (await ana.post('/api/v1/gadgets', { name: 'Lamp' })).headers.get('location') ?? ''
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await world[Symbol.asyncDispose]()
})

interface Cost {
  readonly roundTrips: number
  readonly statements: number
}

/** What a call costs the database, after one that brings connections and prepared statements. */
async function costOf({ database }: World, call: Call): Promise<Cost> {
  await call()
  const start = database.statistics
  assert.ok((await call()).status < 300)
  const end = database.statistics
  return {
    roundTrips: end.roundTrips - start.roundTrips,
    statements: end.statements - start.statements,
  }
}

type Call = () => Promise<{ readonly status: number }>

/** The cost once the session is in memory: how soon the database's news confirm it may vary. */
async function warmCostOf(call: Call, expected: Cost): Promise<Cost> {
  const end = performance.now() + 15_000
  for (;;) {
    const cost = await costOf(world, call)
    if (cost.roundTrips <= expected.roundTrips || performance.now() > end) return cost
  }
}

/** Rows written in this database since it was made, by anyone. */
async function rowsWritten(): Promise<number> {
  const { rows } = await admin.query<{ written: number }>(
    `select sum(n_tup_ins + n_tup_upd + n_tup_del)::int as written
       from pg_catalog.pg_stat_all_tables where schemaname not like 'pg\\_%'`,
  )
  return rows[0]?.written ?? 0
}

/** PostgreSQL reports what a connection wrote at most once a second, unless it is told to. */
async function settled(): Promise<number> {
  const { platform, statistics } = world.database
  // The pause keeps each connection busy until the last one has its turn.
  const flush = 'select pg_catalog.pg_stat_force_next_flush(), pg_catalog.pg_sleep(0.03)'
  await Promise.all(Array.from({ length: statistics.connections }, () => platform.query(flush)))
  return rowsWritten()
}

const calls: readonly (readonly [string, Call, Cost])[] = [
  ['a visitor at the probe', () => world.visitor().get('/health/live'), trips(0, 0)],
  ['a visitor at /auth/web/me', () => world.visitor().get('/auth/web/me'), trips(0, 0)],
  ['/auth/web/me with a session', () => ana.get('/auth/web/me'), trips(0, 0)],
  ['one by id with a session', () => ana.get(path), trips(1, 2)],
  ['a list with a session', () => ana.get('/api/v1/gadgets?limit=50'), trips(1, 2)],
  ['a create with its audit row', () => ana.post('/api/v1/gadgets', { name: 'x' }), trips(1, 3)],
]

function trips(roundTrips: number, statements: number): Cost {
  return { roundTrips, statements }
}

for (const [title, call, expected] of calls) {
  test(`${title} costs ${expected.roundTrips} round trips, ${expected.statements} statements`, async () => {
    assert.deepEqual(await warmCostOf(call, expected), expected)
  })
}

test('a session that is not in memory costs one round trip more, of two statements', async () => {
  await using plain = await startWorld({
    features: [gadgets],
    settings: { 'sessions.cache_entries': 0 },
  })
  const ben = await plain.signIn('ben')
  const lamp = await ben.post('/api/v1/gadgets', { name: 'Lamp' })
  const at = lamp.headers.get('location') ?? ''
  assert.deepEqual(await costOf(plain, () => ben.get('/auth/web/me')), trips(1, 2))
  assert.deepEqual(await costOf(plain, () => ben.get(at)), trips(2, 4))
})

test('a request that is one too many of its address costs the database nothing', async () => {
  await using small = await startWorld({
    features: [gadgets],
    settings: { 'sessions.cache_entries': 0, 'rate_limiter.per_address.requests': 20 },
  })
  const ben = await small.signIn('ben')
  const statuses: number[] = []
  while (statuses.at(-1) !== 429 && statuses.length < 40)
    statuses.push((await ben.get('/api/v1/gadgets')).status)
  const { roundTrips } = small.database.statistics
  assert.equal((await ben.get('/api/v1/gadgets')).status, 429)
  assert.equal((await ben.post('/api/v1/gadgets', { name: 'x' })).status, 429)
  assert.equal(small.database.statistics.roundTrips, roundTrips)
})

test('a read writes nothing', async () => {
  await ana.get(path)
  const start = await settled()
  for (const read of ['/auth/web/me', path, '/api/v1/gadgets']) {
    assert.equal((await ana.get(read)).status, 200)
  }
  assert.equal(await settled(), start)
})

test('the last use of a session is noted once a minute, however many requests there are', async () => {
  const lastSeen = async () => {
    const { rows } = await admin.query<{ last_seen_at: Date }>(
      'select max(last_seen_at) as last_seen_at from plinth.sessions',
    )
    return rows[0]?.last_seen_at.getTime() ?? 0
  }
  const start = await lastSeen()
  world.clock.advance(30_000) // the clock also runs by itself: a slow machine must not reach the minute
  await ana.get(path)
  assert.equal(await lastSeen(), start)
  world.clock.advance(31_000)
  const before = await settled()
  await Promise.all(Array.from({ length: 5 }, () => ana.get(path)))
  assert.ok((await lastSeen()) >= start + 60_000)
  assert.equal(await settled(), before + 1, 'one of five wrote')
  await ana.get(path)
  assert.equal(await settled(), before + 1)
})
