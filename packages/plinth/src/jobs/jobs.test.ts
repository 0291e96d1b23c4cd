import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { z } from 'zod'
import { job, PermanentFailure } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { systemClock } from '../kernel/index.ts'
import { openTestJobs, type TestJobs } from '../testing/test-jobs.ts'
import { createOutbox, systemJob } from './index.ts'

let world: TestJobs
let ran: { readonly tag: string; readonly tenant: string }[] = []
let failures = 0

const note = job('test.note', {
  input: { tag: z.string() },
  handle: async ({ tx, input }) => {
    ran.push({ tag: input.tag, tenant: tx.tenant })
  },
})
const flaky = job('test.flaky', {
  input: { times: z.int() },
  retries: 2,
  handle: async ({ tx, input }) => {
    await tx.query('INSERT INTO plinth_test.effects (tenant) VALUES ($1)', [tx.tenant])
    failures += 1
    if (failures <= input.times) throw new Error('token=hunter22 did not work')
  },
})
/** Meanwhile this attempt counts as abandoned, and another worker has claimed the job. */
const claimElsewhere = (name: string) =>
  world.owner.query('UPDATE plinth_jobs.job SET retry_count = retry_count + 1 WHERE name = $1', [
    name,
  ])
const lapsed = job('test.lapsed', {
  handle: async ({ tx }) => {
    await tx.query('INSERT INTO plinth_test.effects (tenant) VALUES ($1)', [tx.tenant])
    await claimElsewhere('test.lapsed')
  },
})
const outside = systemJob('test.outside', {
  input: { lapses: z.boolean() },
  handle: async ({ tenant, input }) => {
    ran.push({ tag: 'outside', tenant })
    if (input.lapses) await claimElsewhere('test.outside')
  },
})
/** Puts one into a tenant, as `notify.mail` does. */
const putOutside = (tenant: Id<'tenant'>, lapses: boolean) =>
  world.database.forTenant(tenant).transaction((tx) => {
    const data = { tenant, input: { lapses } }
    return tx.outbox.enqueue(tx, { name: 'test.outside', data })
  })
const unkept = job('test.unkept', {
  handle: async ({ tx }) => {
    // The constraint looks only at the commit, after everything else has gone well.
    await tx.query('INSERT INTO plinth_test.once (n) VALUES (1), (1)')
  },
})
const hopeless = systemJob('test.hopeless', {
  input: {},
  handle: async () => {
    throw new PermanentFailure('no use')
  },
})
const jobs = [note, flaky, lapsed, outside, unkept, hopeless]

before(async () => {
  world = await openTestJobs(jobs)
  await world.owner.query(`CREATE SCHEMA plinth_test; GRANT USAGE ON SCHEMA plinth_test TO plinth_app;
    CREATE TABLE plinth_test.effects (tenant uuid); GRANT ALL ON plinth_test.effects TO plinth_app;
    CREATE TABLE plinth_test.once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED);
    GRANT ALL ON plinth_test.once TO plinth_app`)
})
beforeEach(async () => {
  ran = []
  failures = 0
  await world.clear()
  await world.owner.query('DELETE FROM plinth_test.effects')
})
after(() => world[Symbol.asyncDispose]())

test('a job of a transaction that is rolled back never runs', async () => {
  const attempt = world.database.forTenant(world.ana).transaction(async (tx) => {
    await note.enqueue(tx, { tag: 'never' })
    throw new Error('no')
  })
  await assert.rejects(attempt, /no/)
  assert.equal(await world.drain(), 0)
  assert.deepEqual(ran, [])
})

test('a job of a transaction that commits runs once, in the tenant that enqueued it', async () => {
  await world.database.forTenant(world.ana).transaction((tx) => note.enqueue(tx, { tag: 'a' }))
  await world.database.forTenant(world.bob).transaction((tx) => note.enqueue(tx, { tag: 'b' }))
  assert.equal(await world.drain(), 2)
  assert.equal(await world.drain(), 0)
  assert.deepEqual(
    ran.toSorted((x, y) => x.tag.localeCompare(y.tag)),
    [
      { tag: 'a', tenant: world.ana },
      { tag: 'b', tenant: world.bob },
    ],
  )
})

test('a job can be put off', async () => {
  await world.database
    .forTenant(world.ana)
    .transaction((tx) => note.enqueue(tx, { tag: 'x' }, { afterSeconds: 60 }))
  assert.equal(await world.drain(), 0)
  await world.skipPauses()
  assert.equal(await world.drain(), 1)
})

test('what a failed attempt wrote is gone; the retry commits its effect once', async () => {
  await world.database.forTenant(world.ana).transaction((tx) => flaky.enqueue(tx, { times: 1 }))
  assert.equal(await world.drain(), 1)
  assert.equal((await world.rowsOf('test.flaky'))[0]?.state, 'retry')
  assert.equal((await world.owner.query('SELECT FROM plinth_test.effects')).rowCount, 0)
  await world.skipPauses()
  assert.equal(await world.drain(), 1)
  assert.equal((await world.rowsOf('test.flaky'))[0]?.state, 'completed')
  assert.equal((await world.owner.query('SELECT FROM plinth_test.effects')).rowCount, 1)
})

test('FI-47 a poison job is dead after its retries, with its reason and no secret; others flow', async () => {
  await world.database.forTenant(world.ana).transaction(async (tx) => {
    await flaky.enqueue(tx, { times: 99 })
    await note.enqueue(tx, { tag: 'flows' })
  })
  assert.equal(await world.drain(), 2)
  assert.deepEqual(ran, [{ tag: 'flows', tenant: world.ana }])
  for (const _ of [1, 2, 3]) {
    await world.skipPauses()
    await world.drain()
  }
  assert.equal(failures, 3, 'one attempt and two retries')
  const [dead] = await world.rowsOf('test.flaky')
  assert.equal(dead?.state, 'failed')
  assert.deepEqual(dead?.output, {
    error: { type: 'Error', message: 'token=[secret] did not work' },
  })
  assert.match(JSON.stringify(world.lines), /is dead/)
})

test('pauses between retries grow', async () => {
  await world.database.forTenant(world.ana).transaction((tx) => flaky.enqueue(tx, { times: 99 }))
  const pauses: number[] = []
  for (const _ of [1, 2]) {
    await world.drain()
    const { rows } = await world.owner.query(
      'SELECT extract(epoch FROM start_after - started_on) AS pause FROM plinth_jobs.job',
    )
    pauses.push(Number(rows[0]?.pause))
    await world.skipPauses()
  }
  // One second, doubled each time; up to as much again by chance, and the attempt itself.
  const [first = 0, second = 0] = pauses
  assert.ok(first >= 1 && second >= 2, String(pauses))
})

test('the first job of its kind makes its queue as declared, before any worker has', async () => {
  const early = job('test.early', { retries: 7, timeoutSeconds: 30, handle: async () => {} })
  const outbox = createOutbox({ jobs: [early], settings: world.settings })
  const data = { tenant: world.ana, input: {} }
  await world.database
    .forTenant(world.ana)
    .transaction((tx) => outbox.enqueue(tx, { name: 'test.early', data }))
  const kept = 'SELECT retry_limit, expire_seconds FROM plinth_jobs.job WHERE name = $1'
  const { rows } = await world.owner.query(kept, ['test.early'])
  assert.deepEqual(rows, [{ retry_limit: 7, expire_seconds: 90 }])
})

test('what no attempt can help is dead at once: bad input, and a job that says so', async () => {
  await world.owner.query(
    `INSERT INTO plinth_jobs.job (name, data, retry_limit) VALUES
    ('test.note', '{"tenant": "nobody", "input": {"tag": "x"}}', 5), ('test.note', '{}', 5),
    ('test.note', jsonb_build_object('tenant', $1::text, 'input', '{"tag": 7}'::jsonb), 5)`.replace(
      '$1',
      `'${world.ana}'`,
    ),
  )
  await world.database.platform.transaction((tx) =>
    tx.outbox.enqueue(tx, { name: 'test.hopeless', data: { tenant: world.ana, input: {} } }),
  )
  assert.equal(await world.drain(), 4)
  const states = [...(await world.rowsOf('test.note')), ...(await world.rowsOf('test.hopeless'))]
  assert.deepEqual(
    states.map(({ state }) => state),
    ['failed', 'failed', 'failed', 'failed'],
  )
  assert.deepEqual(ran, [])
})

test('HI-14 prototype names in a job’s row are inert, and in its input what was never declared', async () => {
  const evil = '"__proto__": {"tag": "evil"}'
  await world.owner.query(
    'INSERT INTO plinth_jobs.job (name, data) VALUES ($1, $2), ($1, $3), ($1, $4)',
    [
      'test.note',
      `{"tenant": "${world.ana}", "input": {"tag": "good"}, ${evil}, "constructor": {"prototype": {}}}`,
      `{"tenant": "${world.ana}", "input": {"tag": "bad", ${evil}}}`,
      `{"tenant": "${world.ana}", "input": {${evil}}}`,
    ],
  )
  assert.equal(await world.drain(), 3)
  const states = (await world.rowsOf('test.note')).map(({ state }) => state)
  assert.deepEqual(states.toSorted(), ['completed', 'failed', 'failed'])
  assert.deepEqual(ran, [{ tag: 'good', tenant: world.ana }])
})

test('a job of a tenant that is suspended by then does not run', async () => {
  const carl = await world.makeTenant('carl')
  await world.database.forTenant(carl).transaction((tx) => note.enqueue(tx, { tag: 'x' }))
  await putOutside(carl, false)
  await world.owner.query(`UPDATE plinth.tenants SET status = 'suspended' WHERE id = $1`, [carl])
  await world.drain()
  assert.deepEqual(ran, [])
  for (const name of ['test.note', 'test.outside']) {
    const [row] = await world.rowsOf(name)
    assert.match(JSON.stringify(row?.output), /tenant of this job is suspended/)
  }
})

test('TN-59 a job that ran for long writes nothing into a tenant that was deleted meanwhile', async () => {
  const dora = await world.makeTenant('dora')
  const clock = { ...systemClock, monotonic: () => performance.now() + late }
  let late = 0
  const long = job('test.long', {
    handle: async ({ tx }) => {
      await tx.query('INSERT INTO plinth_test.effects (tenant) VALUES ($1)', [tx.tenant])
      late += 31_000
      if (late > 31_000)
        await world.owner.query("UPDATE plinth.tenants SET status = 'deleted' WHERE id = $1", [
          dora,
        ])
    },
  })
  const outbox = createOutbox({ jobs: [long], settings: world.settings })
  const run = async () => {
    await world.database
      .forTenant(dora)
      .transaction((tx) =>
        outbox.enqueue(tx, { name: 'test.long', data: { tenant: dora, input: {} } }),
      )
    await world.drain({ jobs: [...jobs, long], clock })
    return (await world.owner.query('SELECT FROM plinth_test.effects')).rowCount
  }
  assert.deepEqual([await run(), await run()], [1, 1])
  const [, row] = await world.rowsOf('test.long')
  assert.match(JSON.stringify(row?.output), /was deleted while it ran/)
})

test('a job that belongs to no feature cannot be enqueued', async () => {
  const stranger = job('test.stranger', { handle: async () => {} })
  await assert.rejects(
    world.database.forTenant(world.ana).transaction((tx) => stranger.enqueue(tx, {})),
    /job "test\.stranger" belongs to no feature/,
  )
})

test('a job may enqueue another: it commits with the first', async () => {
  const chain = job('test.chain', { handle: ({ tx }) => note.enqueue(tx, { tag: 'chained' }) })
  const outbox = createOutbox({ jobs: [chain], settings: world.settings })
  await world.database
    .forTenant(world.ana)
    .transaction((tx) =>
      outbox.enqueue(tx, { name: 'test.chain', data: { tenant: world.ana, input: {} } }),
    )
  assert.equal(await world.drain({ jobs: [...jobs, chain] }), 2)
  assert.deepEqual(ran, [{ tag: 'chained', tenant: world.ana }])
})

test('a job that a newer version of the service wrote runs, and one whose actor is nonsense does not', async () => {
  const data = { tenant: world.ana, input: { tag: 'newer' }, colour: 'blue' }
  const outbox = createOutbox({ jobs, settings: world.settings })
  const write = (more: object) =>
    world.database
      .forTenant(world.ana)
      .transaction((tx) => outbox.enqueue(tx, { name: 'test.note', data: { ...data, ...more } }))
  await write({})
  await write({ actor: { kind: 'person', person: "'; drop", requestId: null } })
  assert.equal(await world.drain(), 2)
  assert.deepEqual(ran, [{ tag: 'newer', tenant: world.ana }])
})

test('FI-02 a worker whose claim has lapsed completes nothing, and nothing of it is kept', async () => {
  await world.database.forTenant(world.ana).transaction((tx) => lapsed.enqueue(tx, {}))
  await world.drain()
  assert.equal(
    (await world.rowsOf('test.lapsed'))[0]?.state,
    'active',
    "it is the other worker's now",
  )
  assert.equal((await world.owner.query('SELECT FROM plinth_test.effects')).rowCount, 0)
  assert.match(JSON.stringify(world.lines), /gone to another worker/)
})

test('FI-02 a job outside of a transaction whose claim has lapsed is not said to be done', async () => {
  const said = () => world.lines.filter(({ task }) => task === 'test.outside')
  const before = said().length
  await putOutside(world.ana, true)
  await world.drain()
  assert.deepEqual(ran, [{ tag: 'outside', tenant: world.ana }])
  const lines = JSON.stringify(said().slice(before))
  assert.match(lines, /gone to another worker/)
  assert.doesNotMatch(lines, /job completed/)
  assert.equal((await world.rowsOf('test.outside'))[0]?.state, 'active')
})

test('a job whose commit fails is not done: effect and completion are one', async () => {
  await world.database.forTenant(world.ana).transaction((tx) => unkept.enqueue(tx, {}))
  await world.drain()
  assert.equal((await world.rowsOf('test.unkept'))[0]?.state, 'retry')
})
