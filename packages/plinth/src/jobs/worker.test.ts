import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { z } from 'zod'
import { databaseSettings, openDatabase } from '../data/index.ts'
import { job } from '../feature/index.ts'
import { systemClock } from '../kernel/index.ts'
import { openTestJobs, type TestJobs } from '../testing/test-jobs.ts'
import { until } from '../testing/until.ts'
import { startWorker } from './index.ts'

let world: TestJobs
let ran: { readonly tag: string }[] = []

const note = job('test.note', {
  input: { tag: z.string() },
  handle: async ({ input }) => {
    ran.push({ tag: input.tag })
  },
})
let release = Promise.withResolvers<void>()
/** Runs until the test lets go of it. */
const held = job('test.held', {
  timeoutSeconds: 120,
  handle: async ({ signal }) => {
    await release.promise
    ran.push({ tag: signal.aborted ? 'late' : 'held' })
  },
})
const slow = job('test.slow', {
  input: { ms: z.int() },
  timeoutSeconds: 1,
  handle: async ({ input, signal }) => {
    await new Promise((done) => setTimeout(done, input.ms))
    ran.push({ tag: signal.aborted ? 'late' : 'slow' })
  },
})

before(async () => {
  world = await openTestJobs([note, held, slow])
})
beforeEach(async () => {
  ran = []
  release = Promise.withResolvers()
  await world.clear()
})
after(() => world[Symbol.asyncDispose]())

test('a worker runs jobs soon after their commit, looking for them all the time', async () => {
  const worker = await world.work()
  await world.database.forTenant(world.ana).transaction((tx) => note.enqueue(tx, { tag: 'soon' }))
  await until(() => ran.length === 1)
  assert.equal(await worker.drain(), true)
})

test('two workers share the jobs: each runs once', async () => {
  const workers = await Promise.all([world.work(), world.work()])
  await world.database.forTenant(world.ana).transaction(async (tx) => {
    for (let at = 0; at < 40; at += 1) await note.enqueue(tx, { tag: `t${at}` })
  })
  await until(() => ran.length >= 40)
  await Promise.all(workers.map((worker) => worker.drain()))
  assert.equal(new Set(ran.map(({ tag }) => tag)).size, 40)
  assert.equal(ran.length, 40)
})

test('drain waits for a running job and takes no other', async () => {
  const worker = await world.work({ settings: { ...world.settings, concurrency: 1 } })
  await world.database.forTenant(world.ana).transaction((tx) => held.enqueue(tx, {}))
  await until(async () => (await world.rowsOf('test.held'))[0]?.state === 'active')
  await world.database.forTenant(world.ana).transaction((tx) => note.enqueue(tx, { tag: 'left' }))
  const drained = worker.drain()
  release.resolve()
  assert.equal(await drained, true)
  assert.deepEqual(
    ran.map(({ tag }) => tag),
    ['held'],
  )
  assert.equal((await world.rowsOf('test.held'))[0]?.state, 'completed')
  assert.equal((await world.rowsOf('test.note'))[0]?.state, 'created')
})

test('a drain that is out of time interrupts the job, which is tried again', async () => {
  const worker = await world.work({ settings: { ...world.settings, drain_timeout_ms: 50 } })
  await world.database.forTenant(world.ana).transaction((tx) => held.enqueue(tx, {}))
  await until(async () => (await world.rowsOf('test.held'))[0]?.state === 'active')
  assert.equal(await worker.drain(), false)
  assert.equal((await world.rowsOf('test.held'))[0]?.state, 'retry')
  release.resolve()
  await until(() => ran.length === 1)
  assert.deepEqual(
    ran.map(({ tag }) => tag),
    ['late'],
  )
})

test('an attempt that takes too long is interrupted by its signal and fails', async () => {
  await world.database.forTenant(world.ana).transaction((tx) => slow.enqueue(tx, { ms: 1_300 }))
  await world.drain()
  assert.match(
    JSON.stringify((await world.rowsOf('test.slow'))[0]?.output),
    /longer than its limit of 1 s/,
  )
  await until(() => ran.length === 1)
  assert.deepEqual(
    ran.map(({ tag }) => tag),
    ['late'],
  )
})

test('each attempt leaves one line with task, tenant and time, and one observation', async () => {
  const seen: unknown[] = []
  await world.database.forTenant(world.ana).transaction((tx) => note.enqueue(tx, { tag: 'x' }))
  await world.drain({ metrics: { observeJob: ({ task, status }) => seen.push({ task, status }) } })
  assert.deepEqual(seen, [{ task: 'test.note', status: 'completed' }])
  const [line] = world.lines.filter(({ message }) => message === 'job completed')
  assert.equal(line?.['task'], 'test.note')
  assert.equal(typeof line?.['duration_ms'], 'number')
})

test('a worker that cannot reach the database waits for it, and can be drained meanwhile', async () => {
  const nowhere = openDatabase({
    settings: databaseSettings.parse({ url: 'postgres://app:x@127.0.0.1:1/app' }),
    clock: systemClock,
    log: world.options().log,
  })
  const worker = await startWorker(world.options({ database: nowhere }))
  await until(() => JSON.stringify(world.lines).includes('The worker cannot start yet'))
  assert.equal(await worker.drain(), true)
  assert.equal(await worker.ready, false)
  await nowhere.close()
})
