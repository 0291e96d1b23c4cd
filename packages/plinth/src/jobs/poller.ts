import { randomInt } from 'node:crypto'
import type { Database } from '../data/index.ts'
import type { Log } from '../telemetry/index.ts'
import type { Boss, ClaimedJob } from './boss.ts'
import { dueQueues } from './due.ts'
import { HEARTBEAT_SECONDS } from './queue.ts'

/** What a poller is made of. */
export interface PollerOptions {
  readonly database: Database
  readonly boss: Boss
  readonly names: readonly string[]
  readonly concurrency: number
  readonly pollIntervalMs: number
  readonly log: Log
  /** Runs a claimed job and settles it; never rejects. */
  readonly run: (claimed: ClaimedJob) => Promise<void>
}

const LONGEST_PAUSE_MS = 5_000

/** Claims due jobs of all queues, in turn, and runs a bounded number of them at once. */
export class Poller {
  readonly #options: PollerOptions
  readonly #running = new Map<Promise<void>, ClaimedJob>()
  #stopping = false
  #turn = 0
  #failures = 0
  #loop: Promise<void> = Promise.resolve()
  #heart: NodeJS.Timeout | undefined
  #wake: (() => void) | undefined

  constructor(options: PollerOptions) {
    this.#options = options
  }

  start(): void {
    this.#heart = setInterval(() => void this.#beat(), (HEARTBEAT_SECONDS * 1000) / 4)
    this.#loop = this.#poll()
  }

  /** Takes no further job, and waits for those that run, for at most `limitMs`. */
  async stop(limitMs: number): Promise<boolean> {
    this.#stopping = true
    this.#wake?.()
    const done = this.#loop.then(() => Promise.all(this.#running.keys())).then(() => true)
    return within(limitMs, done)
  }

  /** After the last wait: no more signs of life for jobs that would not end. */
  close(): void {
    clearInterval(this.#heart)
  }

  async #poll(): Promise<void> {
    const { concurrency, pollIntervalMs } = this.#options
    while (!this.#stopping) {
      const taken = await this.#takeOrReport()
      if (this.#running.size >= concurrency) await this.#rest()
      else if (taken === 0)
        await this.#rest(this.#failures > 0 ? this.#backOffMs() : pollIntervalMs)
    }
  }

  /** Sleeps until a job ends, the worker stops, or `ms` have passed. */
  #rest(ms?: number): Promise<void> {
    if (this.#stopping) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #takeOrReport(): Promise<number> {
    try {
      const taken = await this.#take()
      if (this.#failures > 0) this.#options.log.info({}, 'The worker finds jobs again.')
      this.#failures = 0
      return taken
    } catch (error) {
      this.#failures += 1
      const text = 'The worker cannot look for jobs; it tries again until it can.'
      if (this.#failures === 1) this.#options.log.warn({ error }, text)
      return 0
    }
  }

  async #take(): Promise<number> {
    const { database, boss, names, concurrency } = this.#options
    const due = await dueQueues(database.platform, names)
    this.#turn += 1
    let taken = 0
    for (let at = 0; at < due.length; at += 1) {
      const free = concurrency - this.#running.size
      // Another queue comes first each time: a long one cannot starve its neighbours.
      const name = due[(at + this.#turn) % due.length]
      if (free === 0 || name === undefined || this.#stopping) break
      const batchSize = Math.max(1, Math.floor(free / (due.length - at)))
      const claimed = await boss.fetch<object>(name, { batchSize, includeMetadata: true })
      for (const each of claimed) this.#launch(each)
      taken += claimed.length
    }
    return taken
  }

  #launch(claimed: ClaimedJob): void {
    const done = this.#options.run(claimed).finally(() => {
      this.#running.delete(done)
      this.#wake?.()
    })
    this.#running.set(done, claimed)
  }

  async #beat(): Promise<void> {
    const { boss, log } = this.#options
    try {
      for (const claimed of this.#running.values()) await boss.touch(claimed.name, claimed)
    } catch (error) {
      log.warn({ error }, 'A sign of life of a running job could not be written.')
    }
  }

  #backOffMs(): number {
    const most = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** Math.min(this.#failures, 10))
    return randomInt(most / 2, most)
  }
}

/** Whether `done` came true within `ms`. */
async function within(ms: number, done: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  return Promise.race([done, late]).finally(() => clearTimeout(timer))
}
