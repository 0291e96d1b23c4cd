import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Database } from '../data/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { Log, Metrics, Tracer } from '../telemetry/index.ts'
import { runAttempt } from './attempt.ts'
import { type Boss, openBoss } from './boss.ts'
import type { JobsSettings } from './jobs.settings.ts'
import { Poller } from './poller.ts'
import { declareQueues } from './queue.ts'
import type { JobRights } from './rights-of-actor.ts'
import { checkSchedules, declareSchedules } from './schedules.ts'
import type { RunnableJob } from './system-job.ts'

/** What a worker needs. */
export interface WorkerOptions {
  readonly database: Database
  readonly jobs: readonly RunnableJob[]
  readonly log: Log
  readonly metrics: Pick<Metrics, 'observeJob'>
  readonly clock: Clock
  readonly settings: JobsSettings
  /** How the `access` of jobs is judged. */
  readonly rights: JobRights
  /** Each attempt is a span, where spans are asked for. */
  readonly tracer?: Pick<Tracer, 'inSpan'> | undefined
}

/** A running worker. */
export interface Worker {
  /** Resolves when it has reached the database and takes jobs; false when it was drained before. */
  readonly ready: Promise<boolean>
  /**
   * Takes no further job and waits for those that run, for at most `drain_timeout_ms`. What still
   * runs then is interrupted and will be tried again.
   * @returns whether every job came to its end
   */
  drain(): Promise<boolean>
}

/** How long an interrupted job may take to notice. */
const INTERRUPT_MS = 2_000

/**
 * Starts a worker: it runs due jobs and fires schedules. A database that cannot be reached is
 * waited for, with growing pauses.
 * @throws TypeError when two jobs have one name, or when a schedule could never fire
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { database, log, settings } = options
  const jobs = byName(options.jobs)
  const boss = await openBoss({ database, log, caretaker: true })
  checkSchedules(boss, options.jobs)
  const interrupt = new AbortController()
  const poller = new Poller({
    database,
    boss,
    names: [...jobs.keys()],
    concurrency: settings.concurrency,
    pollIntervalMs: settings.poll_interval_ms,
    log,
    run: async (claimed) => {
      const job = jobs.get(claimed.name)
      if (job !== undefined) {
        await runAttempt({ ...options, boss }, { job, claimed, signal: interrupt.signal })
      }
    },
  })
  const stopping = new AbortController()
  const ready = reach(options, boss, stopping.signal).then((reached) => {
    if (reached) poller.start()
    return reached
  })
  return { ready, drain: once(() => drain({ boss, poller, interrupt, stopping, ready, settings })) }
}

function byName(jobs: readonly RunnableJob[]): ReadonlyMap<string, RunnableJob> {
  const named = new Map(jobs.map((job) => [job.name, job]))
  if (named.size === jobs.length) return named
  const twice = jobs.find((job) => named.get(job.name) !== job)
  throw new TypeError(`two jobs are called "${twice?.name}"; a name belongs to one job`)
}

/** Prepares queues and schedules as soon as the database answers. */
async function reach(options: WorkerOptions, boss: Boss, signal: AbortSignal): Promise<boolean> {
  const { database, jobs, log, settings } = options
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await declareQueues(database.platform, jobs, settings)
      await declareSchedules(boss, jobs)
      await boss.start()
      log.info({ jobs: jobs.length }, 'worker started')
      return true
    } catch (error) {
      const text = 'The worker cannot start yet; it tries again until the database answers.'
      if (failures === 0) log.warn({ error }, text)
      const most = Math.min(5_000, 200 * 2 ** Math.min(failures, 6))
      await wait(randomInt(most / 2, most), undefined, { signal }).catch(() => {})
    }
  }
  return false
}

interface Draining {
  readonly boss: Boss
  readonly poller: Poller
  readonly interrupt: AbortController
  readonly stopping: AbortController
  readonly ready: Promise<boolean>
  readonly settings: JobsSettings
}

async function drain(worker: Draining): Promise<boolean> {
  const { boss, poller, interrupt, stopping, ready, settings } = worker
  stopping.abort()
  if (!(await ready)) return true
  const finished = await poller.stop(settings.drain_timeout_ms)
  if (!finished) {
    interrupt.abort(new Error('The worker stops; the job will be tried again.'))
    await poller.stop(INTERRUPT_MS)
  }
  poller.close()
  await boss.stop({ graceful: false, close: false })
  return finished
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}
