import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { permissions } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import { callHttp } from '../testing/call-http.ts'
import type { Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import type { SecondProcess } from '../testing/second-process.ts'
import { startSecondProcess } from '../testing/second-process.ts'

const may = permissions('stock', { count: 'Count the stock' })
const shop = feature('shop', {
  routes: [route('GET /count', { access: may.count, handle: () => undefined })],
})

let world: World
let second: SecondProcess
let admin: Client
before(async () => {
  world = await startWorld({ features: [shop] })
  second = await startSecondProcess(world, [])
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await second[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const headersOf = (person: Person) => ({
  cookie: [...person.cookies].map((pair) => pair.join('=')).join('; '),
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0',
})

interface Me {
  readonly authenticated: boolean
  readonly permissions: readonly string[]
  readonly user: { readonly id: string } | null
}

const meAt = async (url: string, person: Person): Promise<Me> => {
  const call = { method: 'GET', headers: headersOf(person) }
  return JSON.parse((await callHttp(new URL('/auth/web/me', url), call)).text)
}

/** Round trips that the first process made for a request. */
async function tripsOf(person: Person): Promise<number> {
  const start = world.database.statistics.roundTrips
  await meAt(world.url, person)
  return world.database.statistics.roundTrips - start
}

/** Asks until the first process answers from memory. */
async function warm(person: Person): Promise<void> {
  const end = performance.now() + 15_000
  while ((await tripsOf(person)) > 0) assert.ok(performance.now() < end, 'never from memory')
}

/**
 * Changes something and asks both processes until it is seen. From the first answer that shows it on
 * no answer may show the old state again, and after a second none may at all.
 */
async function seenEverywhere(
  person: Person,
  change: () => Promise<unknown>,
  isSeen: (me: Me) => boolean,
): Promise<void> {
  await warm(person)
  await meAt(second.url, person)
  let changed = Number.POSITIVE_INFINITY
  const changing = sleep(20).then(async () => {
    await change()
    changed = performance.now()
  })
  const watch = async (url: string) => {
    let seen = 0
    while (seen < 20) {
      const asked = performance.now()
      const shows = isSeen(await meAt(url, person))
      assert.ok(shows || seen === 0, `${url} went back to the old state`)
      assert.ok(shows || asked - changed < 1_000, `${url} was old after a second`)
      if (shows) seen += 1
    }
  }
  // Several at once at each process: some read while the news arrives.
  await Promise.all([changing, ...[world.url, second.url, world.url, second.url].map(watch)])
}

const personOf = async (person: Person) => (await meAt(world.url, person)).user?.id

test('a known session costs no round trip, in each process', async () => {
  await warm(await world.signIn('ana'))
})

const nobody = (me: Me) => !me.authenticated
const powerless = (me: Me) =>
  !me.permissions.includes('*') && !me.permissions.includes('stock:count')

test('SB-33 v5.0.0-V7.4.1 signing out is seen by every process within a second', async () => {
  for (let round = 0; round < 3; round += 1) {
    const ana = await world.signIn('ana')
    const copy = world.visitor()
    for (const [name, value] of ana.cookies) copy.cookies.set(name, value)
    await seenEverywhere(copy, () => ana.post('/auth/web/logout'), nobody)
  }
})

test('SB-33 all others: ended everywhere, the one that asked goes on', async () => {
  const [here, there] = [await world.signIn('ana'), await world.signIn('ana')]
  await warm(here)
  await seenEverywhere(there, () => here.delete('/auth/sessions'), nobody)
  assert.equal((await meAt(second.url, here)).authenticated, true)
})

const changes: readonly (readonly [string, (me: Me) => boolean, string, string])[] = [
  [
    'SB-20 v5.0.0-V7.4.2 a disabled person',
    nobody,
    "update plinth.people set status = 'disabled' where id = $1",
    "update plinth.people set status = 'active' where id = $1",
  ],
  [
    'SB-20 a changed role',
    powerless,
    "update plinth.memberships set role = 'member' where person_id = $1",
    "update plinth.memberships set role = 'owner' where person_id = $1",
  ],
  [
    'SB-20 a suspended tenant',
    powerless,
    "update plinth.tenants set status = 'suspended' where $1::text is not null",
    "update plinth.tenants set status = 'active' where $1::text is not null",
  ],
  [
    'a session that was ended in the database',
    nobody,
    'update plinth.sessions set revoked_at = now() where person_id = $1',
    'select $1',
  ],
  [
    'a session that was shortened in the database',
    nobody,
    "update plinth.sessions set expires_at = now() - interval '1 s' where person_id = $1",
    'select $1',
  ],
  [
    'a session that was removed',
    nobody,
    'delete from plinth.sessions where person_id = $1',
    'select $1',
  ],
  [
    'SB-20 a removed membership',
    powerless,
    'delete from plinth.memberships where person_id = $1',
    'select $1',
  ],
  [
    'SB-20 v5.0.0-V7.4.2 a deleted person',
    nobody,
    'delete from plinth.people where id = $1',
    'select $1',
  ],
]
for (const [title, isSeen, change, back] of changes) {
  test(`${title} is seen by every process within a second`, async () => {
    const ben = await world.signIn('ben')
    const id = await personOf(ben)
    await seenEverywhere(ben, () => admin.query(change, [id]), isSeen)
    await admin.query(back, [id])
  })
}

test('what comes back is seen as well', async () => {
  const ana = await world.signIn('ana')
  const update = 'update plinth.tenants set status = $1'
  await admin.query(update, ['suspended'])
  await seenEverywhere(
    ana,
    () => admin.query(update, ['active']),
    (me) => !powerless(me),
  )
})

test('a process has one connection that listens, for sessions, people, tenants and keys together', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: ['stock:count'] })
  await warm(ana)
  assert.equal((await ana.get('/count')).status, 204)
  for (const url of [world.url, second.url]) {
    const headers = { 'x-api-key': 'pk_live_nobody_has_this_key' }
    await callHttp(new URL('/count', url), { method: 'GET', headers })
    await meAt(url, ana)
  }
  const listening = async () => {
    const { rows } = await admin.query(
      `select 1 from pg_catalog.pg_stat_activity
        where datname = current_database() and application_name = 'plinth listener'`,
    )
    return rows.length
  }
  // Two processes; one that was just closed may stand there for a moment longer.
  for (const end = performance.now() + 5_000; (await listening()) !== 2; await sleep(50)) {
    assert.ok(performance.now() < end, `two processes listen on ${await listening()} connections`)
  }
})

test('FI-08 a revocation is seen within a second while the connections that listen are killed again and again', async () => {
  const ana = await world.signIn('ana')
  const id = await personOf(ana)
  const other = new Client(world.testDatabase.adminUrl)
  await other.connect()
  const killing = new AbortController()
  const kill = async (): Promise<void> => {
    while (!killing.signal.aborted) {
      await admin.query(
        `select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
          where datname = current_database() and application_name = 'plinth listener'`,
      )
      await sleep(15)
    }
  }
  let killer = Promise.resolve()
  const change = async () => {
    killer = kill()
    await sleep(50)
    await other.query('update plinth.sessions set revoked_at = now() where person_id = $1', [id])
  }
  await seenEverywhere(ana, change, nobody)
  killing.abort()
  await Promise.all([killer, other.end()])
})

test('SB-17 v5.0.0-V7.2.4 a session whose rights changed gets a new id with the next answer; the old one dies within the grace', async () => {
  const ana = await world.signIn('cleo')
  await warm(ana)
  const old = world.visitor()
  for (const [name, value] of ana.cookies) old.cookies.set(name, value)
  const csrf = await ana.refreshCsrf()
  const id = await personOf(ana)
  const before = [...ana.cookies.values()]
  await admin.query(
    "update plinth.memberships set role = 'custom', permissions = '{stock:count}' where person_id = $1",
    [id],
  )
  const changed = performance.now()
  let asked = changed
  let answer = await ana.get<{ csrf_token: string }>('/auth/web/me')
  while (answer.headers.getSetCookie().length === 0) {
    assert.ok(asked - changed < 1_000, 'the id stayed')
    asked = performance.now()
    answer = await ana.get<{ csrf_token: string }>('/auth/web/me')
  }
  assert.notDeepEqual([...ana.cookies.values()], before)
  assert.notEqual(answer.body.csrf_token, csrf)
  assert.equal((await ana.get('/count')).status, 204)
  assert.equal((await ana.get('/auth/web/me')).headers.getSetCookie().length, 0, 'once')
  assert.equal((await meAt(world.url, old)).authenticated, true, 'within the grace')
  world.clock.advance(11_000)
  assert.equal((await meAt(world.url, old)).authenticated, false)
  world.clock.advance(-11_000)
})

const metric = async (url: string, name: string) => {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1))
}

test('nobody signs in: nothing listens and nothing is sent', async () => {
  await using quiet = await startWorld({ features: [] })
  await quiet.visitor().get('/auth/web/me')
  await quiet.visitor().get('/health/ready')
  const { rows } = await admin.query(
    `select 1 from pg_catalog.pg_stat_activity
      where datname = $1 and application_name = 'plinth listener'`,
    [quiet.testDatabase.name],
  )
  assert.deepEqual(rows, [])
  assert.equal(await metric(quiet.url, 'plinth_session_cache_current'), 1)
})

test('while notifications do not arrive every request is read, a revocation holds at once, and it shows', async () => {
  const nowhere = 'postgresql://nobody:nothing@127.0.0.1:1/none'
  await using deaf = await startWorld({
    features: [],
    settings: { 'database.listen_url': nowhere },
  })
  const ana = await deaf.signIn('ana')
  for (let at = 0; at < 5; at += 1) {
    const start = deaf.database.statistics.roundTrips
    assert.equal((await meAt(deaf.url, ana)).authenticated, true)
    assert.equal(deaf.database.statistics.roundTrips - start, 1)
  }
  await deaf.database.platform.query('update plinth.sessions set revoked_at = now()')
  assert.equal((await meAt(deaf.url, ana)).authenticated, false)
  assert.equal(await metric(deaf.url, 'plinth_session_cache_current'), 0)
  assert.equal(await metric(deaf.url, 'plinth_session_lookups_total{result="bypass"}'), 6)
})

test('sessions.cache_entries bounds what is in memory', async () => {
  await using small = await startWorld({ features: [], settings: { 'sessions.cache_entries': 2 } })
  const people = [await small.signIn('a'), await small.signIn('b'), await small.signIn('c')]
  for (let round = 0; round < 20; round += 1) {
    for (const person of people) assert.equal((await meAt(small.url, person)).authenticated, true)
    assert.ok((await metric(small.url, 'plinth_session_cache_entries')) <= 2)
  }
  assert.equal(await metric(small.url, 'plinth_session_cache_entries'), 2)
})

test('junk cookies leave nothing in memory', async () => {
  const before = await metric(world.url, 'plinth_session_cache_entries')
  const junk = (at: number) => `user_session_id=${String(at).padStart(43, 'A')}`
  await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      fetch(`${world.url}/auth/web/me`, { headers: { cookie: junk(at) } }),
    ),
  )
  assert.ok((await metric(world.url, 'plinth_session_cache_entries')) <= before)
})
