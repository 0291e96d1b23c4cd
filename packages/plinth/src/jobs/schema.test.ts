import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { getConstructionPlans } from 'pg-boss'
import { job } from '../feature/index.ts'
import { type Id, newId, systemClock } from '../kernel/index.ts'
import { createLog, loggingSettings } from '../telemetry/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { openBoss } from './boss.ts'
import { createOutbox, jobsSettings } from './index.ts'
import { declareQueues } from './queue.ts'

const UP = new URL('../data/migrations/platform/0010_jobs.up.sql', import.meta.url)
const settings = jobsSettings.parse({})
const note = job('test.note', { retries: 4, timeoutSeconds: 30, handle: async () => {} })
const letter = job('test.letter', { personal: true, handle: async () => {} })
const tenant = newId<'tenant'>() satisfies Id<'tenant'>
const lines: string[] = []
const log = createLog({
  settings: loggingSettings.parse({ file: null }),
  clock: systemClock,
  stream: { write: (line) => lines.push(line) },
})
let opened: Awaited<ReturnType<typeof openTestDatabase>>
let owner: Client

before(async () => {
  opened = await openTestDatabase({
    outbox: () => createOutbox({ jobs: [note, letter], settings }),
  })
  owner = new Client({ connectionString: opened.ownerUrl })
  await owner.connect()
})
after(async () => {
  await owner.end()
  await opened[Symbol.asyncDispose]()
})

test('the migration is the construction plan of the pg-boss that is installed', async () => {
  const plan = getConstructionPlans('plinth_jobs', { createSchema: false })
    .replace(/^[\s\S]*?bigint\);\s*;/, '')
    .replace(/COMMIT;\s*$/, '')
  const plain = (sql: string) =>
    sql
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/ ?;( ?;)*/g, ';')
      .trim()
  assert.ok(plain(await readFile(UP, 'utf8')).includes(plain(plan)), 'pg-boss wants another schema')
})

test('pg-boss finds its schema as it should be, through the service role', async () => {
  const boss = await openBoss({ database: opened.database, log, caretaker: false })
  await boss.start()
  const drift = await boss.detectSchemaDrift()
  await boss.stop({ graceful: false, close: false })
  assert.equal(drift.ok, true, JSON.stringify(drift))
})

test('the service role makes and drops nothing in the schema of the jobs', async () => {
  const app = new Client({ connectionString: opened.appUrl })
  await app.connect()
  const refused = [
    'CREATE TABLE plinth_jobs.more ()',
    'DROP TABLE plinth_jobs.job',
    'ALTER TABLE plinth_jobs.job ADD more int',
    'TRUNCATE plinth_jobs.job',
    `SELECT plinth_jobs.delete_queue('x')`,
    `SELECT plinth_jobs.job_table_run('SELECT 1')`,
    'UPDATE plinth_jobs.bam SET command = null',
  ]
  for (const sql of refused)
    await assert.rejects(app.query(sql), /permission denied|must be owner/, sql)
  await app.end()
})

test('a job that we write is the job that pg-boss itself would write', async () => {
  const boss = await openBoss({ database: opened.database, log, caretaker: false })
  await declareQueues(opened.database.platform, [note], settings)
  await boss.start()
  const data = { tenant, input: {} }
  await opened.database.platform.transaction((tx) =>
    tx.outbox.enqueue(tx, { name: 'test.note', data, afterSeconds: 60 }),
  )
  const id = await boss.send('test.note', data, { startAfter: 60 })
  await boss.stop({ graceful: false, close: false })
  const { rows } = await owner.query(
    `SELECT id, (to_jsonb(j) - 'id' - 'created_on' - 'start_after' - 'keep_until') AS job,
       round(extract(epoch FROM start_after - created_on)) AS after,
       round(extract(epoch FROM keep_until - created_on)) AS keep
     FROM plinth_jobs.job j WHERE name = 'test.note' ORDER BY id = $1`,
    [id],
  )
  const [{ id: _ours, ...ours }, { id: _theirs, ...theirs }] = rows
  assert.deepEqual(ours, theirs)
})

test('a changed declaration changes its queue', async () => {
  const changed = { ...note, spec: { ...note.spec, retries: 9 } }
  await declareQueues(opened.database.platform, [changed], settings)
  const { rows } = await owner.query(
    `SELECT retry_limit FROM plinth_jobs.queue WHERE name = 'test.note'`,
  )
  assert.deepEqual(rows, [{ retry_limit: 9 }])
})

test('FI-02 a job whose worker died without a word is tried again', async () => {
  const boss = await openBoss({ database: opened.database, log, caretaker: false })
  await boss.start()
  await opened.database.platform.transaction((tx) =>
    tx.outbox.enqueue(tx, { name: 'test.note', data: { tenant, input: {} } }),
  )
  assert.equal((await boss.fetch('test.note')).length, 1)
  await owner.query(
    `UPDATE plinth_jobs.job SET heartbeat_on = now() - interval '2 minutes' WHERE state = 'active'`,
  )
  await boss.supervise('test.note')
  const { rows } = await owner.query(
    `SELECT state FROM plinth_jobs.job WHERE name = 'test.note' AND started_on IS NOT NULL`,
  )
  assert.deepEqual(rows, [{ state: 'retry' }])
  await boss.supervise()
  await boss.stop({ graceful: false, close: false })
  assert.deepEqual(
    lines.filter((line) => line.includes('had an error')),
    [],
  )
})

test('FI-06 an error of the queue is said once until a statement succeeds, whatever worker had it', async () => {
  const boss = await openBoss({ database: opened.database, log, caretaker: false })
  await boss.start()
  lines.length = 0
  const fail = (worker: string) => {
    const message = `The database does not answer. (Queue: send-it, Worker: ${worker})`
    boss.emit('error', Object.assign(new Error(message), { code: 'data.unavailable' }))
  }
  fail('a')
  fail('b')
  assert.equal(lines.length, 1)
  const { level, problem, reason } = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>
  assert.deepEqual(
    [level, problem, reason],
    ['warn', 'data.unavailable', 'The database does not answer.'],
  )
  await boss.getQueues()
  fail('a')
  assert.equal(lines.length, 2)
  await boss.stop({ graceful: false })
})

test('v5.0.0-V14.2.7 what tells of people goes a day after it is done, dead or not, anything else after a week', async () => {
  const boss = await openBoss({ database: opened.database, log, caretaker: false })
  await declareQueues(opened.database.platform, [note, letter], settings)
  await boss.start()
  await owner.query('DELETE FROM plinth_jobs.job')
  const kept: Record<string, string[]> = {}
  for (const state of ['completed', 'failed']) {
    for (const hours of [23, 25, 7 * 24 - 1, 7 * 24 + 1]) {
      for (const { name } of [note, letter]) {
        const message = { name, data: { tenant, input: {} } }
        await opened.database.platform.transaction((tx) => tx.outbox.enqueue(tx, message))
        await owner.query(
          `UPDATE plinth_jobs.job SET state = $2::plinth_jobs.job_state, completed_on = now() - make_interval(hours => $3),
             data = data || jsonb_build_object('about', $4::text)
           WHERE name = $1 AND state = 'created' AND NOT data ? 'about'`,
          [name, state, hours, `${state} ${hours}`],
        )
      }
    }
  }
  // The look for what is due comes once an hour.
  await owner.query(`UPDATE plinth_jobs.queue SET maintain_on = now() - interval '61 minutes'`)
  await boss.supervise()
  await boss.stop({ graceful: false, close: false })
  const { rows } = await owner.query<{ name: string; about: string }>(
    `SELECT name, data ->> 'about' AS about FROM plinth_jobs.job WHERE data ? 'about' ORDER BY about`,
  )
  for (const { name, about } of rows) kept[name] = [...(kept[name] ?? []), about]
  assert.deepEqual(kept, {
    'test.letter': ['completed 23', 'failed 23'],
    'test.note': [
      'completed 167',
      'completed 23',
      'completed 25',
      'failed 167',
      'failed 23',
      'failed 25',
    ],
  })
})
