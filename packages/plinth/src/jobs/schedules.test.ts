import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Tx } from '../data/index.ts'
import { job } from '../feature/index.ts'
import { openTestJobs, type TestJobs } from '../testing/test-jobs.ts'
import { until } from '../testing/until.ts'
import { startWorker } from './index.ts'

let world: TestJobs
let ran: { readonly tag: string; readonly tenant: string }[] = []
const note = job('test.note', { handle: async () => {} })

before(async () => {
  world = await openTestJobs([note])
})
beforeEach(async () => {
  ran = []
  await world.clear()
})
after(() => world[Symbol.asyncDispose]())

test('FI-48 with two workers a schedule fires at its time in its time zone, once for each active tenant or once for all', async () => {
  const { rows } =
    await world.owner.query(`SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo', 'FMSS FMMI') AS second,
    extract(hour FROM now() AT TIME ZONE 'Asia/Tokyo') AS tokyo`)
  // A time is due for 60 s, so the first look at the schedules fires it. With a field of seconds
  // before the five it is this second: of this minute next to nothing may be left.
  const cron = `${rows[0]?.second} ${rows[0]?.tokyo} * * *`
  const record =
    (tag: string) =>
    async ({ tx }: { readonly tx: Tx }): Promise<void> => {
      ran.push({ tag, tenant: tx.tenant })
    }
  const each = job('test.each', {
    cron,
    tz: 'Asia/Tokyo',
    in: 'each tenant',
    handle: record('each'),
  })
  const once = job('test.once', { cron, tz: 'Asia/Tokyo', handle: record('once') })
  const elsewhere = job('test.elsewhere', { cron, handle: record('elsewhere') })
  const carl = await world.makeTenant('suspended')
  await world.owner.query(`UPDATE plinth.tenants SET status = 'suspended' WHERE id = $1`, [carl])
  const worker = await world.work({ jobs: [each, once, elsewhere] })
  const other = await world.work({ jobs: [each, once, elsewhere] })
  await until(() => ran.length >= 3)
  await new Promise((done) => setTimeout(done, 1_500))
  await Promise.all([worker.drain(), other.drain()])
  const seen = ran.map(({ tag, tenant }) => `${tag} ${tenant}`).sort()
  assert.deepEqual(
    seen,
    [`each ${world.ana}`, `each ${world.bob}`, 'once 00000000-0000-0000-0000-000000000000'].sort(),
  )
})

test('schedules are rows: one that is declared no more is taken back', async () => {
  const nightly = job('test.nightly', {
    cron: '0 3 * * *',
    tz: 'Europe/Berlin',
    handle: async () => {},
  })
  await (await world.work({ jobs: [nightly] })).drain()
  const { rows } = await world.owner.query('SELECT name, cron, timezone FROM plinth_jobs.schedule')
  assert.deepEqual(rows, [{ name: 'test.nightly', cron: '0 3 * * *', timezone: 'Europe/Berlin' }])
  await (await world.work({ jobs: [note] })).drain()
  assert.equal((await world.owner.query('SELECT FROM plinth_jobs.schedule')).rowCount, 0)
})

test('a schedule that can never fire is refused at start, by name', async () => {
  for (const spec of [{ cron: '99 * * * *' }, { cron: '* * * * *', tz: 'Europe/Atlantis' }]) {
    const broken = job('test.broken', { ...spec, handle: async () => {} })
    await assert.rejects(startWorker(world.options({ jobs: [broken] })), /job "test\.broken": cron/)
  }
  await assert.rejects(
    startWorker(world.options({ jobs: [note, { ...note }] })),
    /two jobs are called "test\.note"/,
  )
})
