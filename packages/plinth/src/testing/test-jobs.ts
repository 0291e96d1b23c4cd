import assert from 'node:assert/strict'
import { Client } from 'pg'
import type { Database } from '../data/index.ts'
import {
  createOutbox,
  drainJobs,
  type JobRefusal,
  type JobRights,
  type JobsSettings,
  jobsSettings,
  type RunnableJob,
  startWorker,
  type Worker,
  type WorkerOptions,
} from '../jobs/index.ts'
import { type Id, newId, systemClock } from '../kernel/index.ts'
import { createLog, loggingSettings } from '../telemetry/index.ts'
import { openTestDatabase } from './database.ts'

/** A database with jobs, two tenants, and a look behind the scenes. */
export interface TestJobs extends AsyncDisposable {
  readonly database: Database
  readonly appUrl: string
  /** Past row-level security and past the grants of the service. */
  readonly owner: Client
  readonly settings: JobsSettings
  readonly ana: Id<'tenant'>
  readonly bob: Id<'tenant'>
  /** Every log line since the last `clear()`. */
  readonly lines: Record<string, unknown>[]
  /** Every job that was refused to whoever asked for it. */
  readonly refusals: JobRefusal[]
  options(more?: Partial<WorkerOptions>): WorkerOptions
  /** Runs what is due now, once. */
  drain(more?: Partial<WorkerOptions>): Promise<number>
  /** Starts a worker that is ready; it is drained at the latest with the test. */
  work(more?: Partial<WorkerOptions>): Promise<Worker>
  /** The rows of one job, oldest first. */
  rowsOf(name: string): Promise<readonly JobRow[]>
  /** As if the pause before every retry had passed. */
  skipPauses(): Promise<void>
  makeTenant(slug: string): Promise<Id<'tenant'>>
  /** Forgets jobs, schedules and lines. */
  clear(): Promise<void>
}

/** A job as it lies in the database. */
export interface JobRow {
  readonly state: string
  readonly output: unknown
}

/** Opens a database of its own for tests of jobs. */
export async function openTestJobs(jobs: readonly RunnableJob[]): Promise<TestJobs> {
  const settings = jobsSettings.parse({ poll_interval_ms: 50, retry_delay_seconds: 1 })
  const opened = await openTestDatabase({ outbox: () => createOutbox({ jobs, settings }) })
  const owner = new Client({ connectionString: opened.ownerUrl })
  await owner.connect()
  const lines: Record<string, unknown>[] = []
  const refusals: JobRefusal[] = []
  const log = createLog({
    settings: loggingSettings.parse({ file: null }),
    clock: systemClock,
    stream: { write: (line) => lines.push(JSON.parse(line)) },
  })
  const { database } = opened
  const metrics = { observeJob: () => undefined }
  const rights: JobRights = { everybodys: [], refused: async (one) => void refusals.push(one) }
  const base = { database, jobs, log, metrics, clock: systemClock, settings, rights }
  const workers: Worker[] = []
  const makeTenant = (slug: string) => insertTenant(owner, slug)
  return {
    ...{ database, appUrl: opened.appUrl, owner, settings, lines, refusals, makeTenant },
    ana: await makeTenant('ana'),
    bob: await makeTenant('bob'),
    options: (more = {}) => ({ ...base, ...more }),
    drain: (more = {}) => drainJobs({ ...base, ...more }),
    work: async (more = {}) => {
      const worker = await startWorker({ ...base, ...more })
      workers.push(worker)
      assert.equal(await worker.ready, true)
      return worker
    },
    rowsOf: (name) => rowsOf(owner, name),
    skipPauses: async () => {
      await owner.query('UPDATE plinth_jobs.job SET start_after = now()')
    },
    clear: async () => {
      lines.length = 0
      await owner.query(`DELETE FROM plinth_jobs.job; DELETE FROM plinth_jobs.schedule;
        UPDATE plinth_jobs.version SET cron_on = NULL`)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.drain()))
      await owner.end()
      await opened[Symbol.asyncDispose]()
    },
  }
}

async function insertTenant(owner: Client, slug: string): Promise<Id<'tenant'>> {
  const id = newId<'tenant'>()
  const text = `INSERT INTO plinth.tenants (id, slug, name, kind) VALUES ($1, $2, $2, 'organisation')`
  await owner.query(text, [id, slug])
  return id
}

async function rowsOf(owner: Client, name: string): Promise<readonly JobRow[]> {
  const text = 'SELECT state, output FROM plinth_jobs.job WHERE name = $1 ORDER BY created_on, id'
  return (await owner.query<JobRow>(text, [name])).rows
}
