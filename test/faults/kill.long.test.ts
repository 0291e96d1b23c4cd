import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { until } from '../../packages/plinth/src/testing/until.ts'
import { browserHeaders, templateWorld } from './browser-headers.ts'
import { startProcess } from './service-process.ts'

const KILLS = 50
/** Refused at once. */
const NOWHERE = 'http://127.0.0.1:1/'

let world: World
before(async () => {
  world = await templateWorld()
})
after(() => world[Symbol.asyncDispose]())

interface Work {
  /** Another one after each kill: whoever else looks for a free port may have found the one that was left. */
  readonly url: () => string
  readonly headers: HeadersOf
  /** Ids of what was acknowledged. */
  readonly acknowledged: string[]
  readonly stopped: () => boolean
}

/** Creates products as fast as the service answers; keeps the id of each that was acknowledged. */
async function createUntil({ url, headers, acknowledged, stopped }: Work) {
  while (!stopped()) {
    const sku = `S-${Math.random().toString(36).slice(2).toUpperCase()}`
    const body = JSON.stringify({ sku, name: 'Lamp', price: 1 })
    const created = await fetch(url(), { method: 'POST', headers, body }).catch(() => undefined)
    if (created?.status === 201) {
      // The status line is the promise; the body may be cut off by the kill.
      const id = created.headers.get('location')?.split('/').at(-1)
      if (id !== undefined) acknowledged.push(id)
      await created.arrayBuffer().catch(() => undefined)
    } else if (created === undefined) await new Promise((done) => setTimeout(done, 5))
  }
}

type HeadersOf = Awaited<ReturnType<typeof browserHeaders>>

test(`FI-01 kill -9 under load, ${KILLS} times: no acknowledged write is lost, no half is kept`, async () => {
  const ana = await world.signIn('ana')
  const headers = await browserHeaders(world, ana)
  let url = NOWHERE
  let stop = false
  const acknowledged: string[] = []
  const work: Work = { url: () => url, headers, acknowledged, stopped: () => stop }
  const callers = Array.from({ length: 4 }, () => createUntil(work))
  const startsMs: number[] = []
  for (let kill = 0; kill < KILLS; kill += 1) {
    const started = performance.now()
    await using service = await startProcess({ world })
    url = `${service.url}/api/v1/products`
    startsMs.push(performance.now() - started)
    // On a busy machine a fixed time may pass before anything was acknowledged.
    const before = acknowledged.length
    await until(() => acknowledged.length > before + 4)
    await new Promise((done) => setTimeout(done, (37 * kill) % 300))
    service.child.kill('SIGKILL')
    assert.equal(await service.ended, 'SIGKILL')
  }
  stop = true
  // The quickest of them, because other tests use the processor too.
  assert.ok(Math.min(...startsMs) < 5_000, 'ready again within 5 s')
  await Promise.all(callers)
  assert.ok(acknowledged.length > 20, `${acknowledged.length} acknowledged`)
  await check(acknowledged)
})

/** The database against the history: rows and audit rows, both or neither. */
async function check(acknowledged: readonly string[]): Promise<void> {
  const admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  const rowsOf = async (text: string, values: unknown[] = []) =>
    (await admin.query<{ id: string }>(text, values)).rows.map(({ id }) => id)
  const lost = await rowsOf(
    `select id from unnest($1::uuid[]) id where id not in (select p.id from app.products p)`,
    [acknowledged],
  )
  const unaudited = await rowsOf(
    `select p.id from app.products p where (select count(*) from plinth.audit_events a
      where a.target_id = p.id::text and a.action = 'product.create') <> 1`,
  )
  const orphans = await rowsOf(
    `select a.target_id as id from plinth.audit_events a where a.action = 'product.create'
        and a.target_id not in (select p.id::text from app.products p)`,
  )
  await admin.end()
  assert.deepEqual({ lost, unaudited, orphans }, { lost: [], unaudited: [], orphans: [] })
}
