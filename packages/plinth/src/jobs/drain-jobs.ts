import { runAttempt } from './attempt.ts'
import { openBoss } from './boss.ts'
import { dueQueues } from './due.ts'
import { declareQueues } from './queue.ts'
import type { WorkerOptions } from './worker.ts'

/**
 * Runs every job that is due now, one after the other, those included that they enqueue, each once;
 * a failed one waits for its retry as always. For tests: no worker, no waiting.
 * @returns how many attempts were made
 */
export async function drainJobs(options: WorkerOptions): Promise<number> {
  const { database, log, settings } = options
  const boss = await openBoss({ database, log, caretaker: false })
  await declareQueues(database.platform, options.jobs, settings)
  await boss.start()
  const jobs = new Map(options.jobs.map((job) => [job.name, job]))
  const { signal } = new AbortController()
  let attempts = 0
  try {
    for (let claimed = await take(); claimed.length > 0; claimed = await take()) {
      for (const { job, row } of claimed) {
        await runAttempt({ ...options, boss }, { job, claimed: row, signal })
        attempts += 1
      }
    }
  } finally {
    await boss.stop({ graceful: false, close: false })
  }
  return attempts

  async function take() {
    const due = await dueQueues(database.platform, [...jobs.keys()])
    const batches = due.map(async (name) => {
      const job = jobs.get(name)
      if (job === undefined) return []
      const rows = await boss.fetch<object>(name, { batchSize: 100, includeMetadata: true })
      return rows.map((row) => ({ job, row }))
    })
    return (await Promise.all(batches)).flat()
  }
}
