import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { freePort } from '../../packages/plinth/src/dev/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { createPerson } from '../../packages/plinth/src/testing/person.ts'
import { openBalancer } from './balancer.ts'
import { browserHeaders, templateWorld } from './browser-headers.ts'
import { type ServiceProcess, startProcess } from './service-process.ts'
import { firstVersion, type ServiceVersion } from './service-version.ts'
import { openTraffic } from './traffic.ts'

const PRODUCTS = '/api/v1/products'
const BOTH = [0, 1] as const

/** What a later Plinth may well bring: what is there stays, and something comes to it. */
const LATER_PLATFORM = `
  alter table plinth.people add column nickname text;
  alter table plinth.sessions add column colour text not null default 'blue';
  alter table plinth.memberships add column since timestamptz not null default now();
  insert into plinth.migrations (set, number, name, hash) values ('platform', 9999, '9999_later', 'x')`

let world: World
let first: ServiceVersion
let second: ServiceVersion
let third: ServiceVersion
before(async () => {
  world = await templateWorld()
  first = await firstVersion()
  second = await first.next('entity', 'field', 'add', 'Product', 'weight:int=0')
  third = await second.next('entity', 'field', 'rm', 'Product', 'status', '--force')
})
after(async () => {
  for (const version of [first, second, third]) await version?.[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

test('FI-43 versions take each other’s place under load, on, back and on again, while the tables are migrated', async (context) => {
  const ports = [await freePort(), await freePort()] as const
  await using fleet = await startFleet(ports)
  const ana = await world.signIn('ana')
  await using traffic = await openTraffic(fleet.client, await browserHeaders(world, ana))
  // Expand: the old version runs on tables that are ahead of it, those of the platform included.
  await second.migrate(world.testDatabase)
  await asAdmin(LATER_PLATFORM)
  await fleet.replace(0, second)
  await assertSideBySide(fleet.urls)
  await fleet.replace(1, second)
  for (const at of BOTH) await fleet.replace(at, first)
  // And contract: first nobody reads the column any more, then it goes.
  for (const at of BOTH) await fleet.replace(at, third)
  await third.migrate(world.testDatabase)
  await traffic.more()
  const { answers, lost } = await traffic.end()
  context.diagnostic(`${answers.length} requests over eight starts and two migrations`)
  const failed = answers.filter(({ status }) => status !== 200 && status !== 201)
  assert.deepEqual([failed, lost], [[], []])
  const columns = await columnsOfProducts()
  assert.deepEqual([columns.includes('weight'), columns.includes('status')], [true, false])
})

/** Two processes behind a balancer. */
async function startFleet(ports: readonly [number, number]) {
  const settings = { http: { drain_delay_ms: 4_000 } }
  const start = (port: number, { main }: ServiceVersion) =>
    startProcess({ world, port, settings, main })
  const running: ServiceProcess[] = []
  for (const port of ports) running.push(await start(port, first))
  const client = openBalancer(ports)
  await client.allReady()
  return {
    client,
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    /** Ends one process as a deployment does, and starts another version in its place. */
    async replace(at: 0 | 1, version: ServiceVersion): Promise<void> {
      await client.allReady()
      running[at]?.child.kill('SIGTERM')
      assert.equal(await running[at]?.ended, 0)
      running[at] = await start(ports[at], version)
      await client.allReady()
    },
    async [Symbol.asyncDispose]() {
      await client.close()
      for (const process of running) await process[Symbol.asyncDispose]()
    },
  }
}

/** The new version runs at the first URL, the old one at the second. */
async function assertSideBySide([newUrl = '', oldUrl = '']: readonly string[]): Promise<void> {
  const origin = world.service.config.app.base_url
  const { cookies } = await world.signIn('ben')
  const at = (url: string) => {
    const person = createPerson({ url, origin })
    for (const [name, value] of cookies) person.cookies.set(name, value)
    return person
  }
  const ben = at(newUrl)
  const weighed = { sku: 'WEIGHED', name: 'Anvil', price: 1999, weight: 70 }
  const { body } = await ben.post(PRODUCTS, weighed)
  const path = `${PRODUCTS}/${body['id']}`
  // A session that the new version has rotated is one of the old version, which leaves alone what it does not know.
  assert.equal((await ben.post('/auth/web/refresh')).status, 200)
  for (const [name, value] of ben.cookies) cookies.set(name, value)
  const old = at(oldUrl)
  const changed = await old.patch(path, { price: 2999 })
  assert.deepEqual([changed.status, 'weight' in changed.body], [200, false])
  const { body: seen } = await ben.get(path)
  assert.deepEqual([seen['price'], seen['weight']], [2999, 70])
  assert.equal((await old.post('/auth/web/logout')).status, 200)
  assert.equal((await at(newUrl).get(path)).status, 401)
}

async function columnsOfProducts(): Promise<readonly string[]> {
  const rows = await asAdmin(
    "select column_name as name from information_schema.columns where table_schema = 'app' and table_name = 'products'",
  )
  return rows.map(({ name }) => String(name))
}

async function asAdmin(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  try {
    const { rows } = await admin.query(sql)
    return rows
  } finally {
    await admin.end()
  }
}
