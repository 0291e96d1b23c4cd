import type { Outbox, OutboxMessage, PlatformTx, Tx } from '../data/index.ts'
import { enqueueOne } from './enqueue.ts'
import type { JobsSettings } from './jobs.settings.ts'
import { createQueue } from './queue.ts'
import type { RunnableJob } from './system-job.ts'

/** What an outbox is made of. */
export interface OutboxOptions {
  /** Every job of the service: only these can be enqueued. */
  readonly jobs: readonly RunnableJob[]
  readonly settings: JobsSettings
}

/**
 * The outbox of a process: writes jobs in the caller's transaction, in one statement. They run if,
 * and only if, that transaction commits.
 */
export function createOutbox({ jobs, settings }: OutboxOptions): Outbox {
  const known = new Map(jobs.map((job) => [job.name, job]))
  return {
    enqueue: async (tx, message) => {
      const job = known.get(message.name)
      if (job === undefined) throw new TypeError(unknownJob(message.name))
      if (await insert(tx, message)) return
      // The first job of its kind in this database: no worker has made its queue yet.
      const { text, values = [] } = createQueue(job, settings)
      await tx.query(text, values)
      await insert(tx, message)
    },
  }
}

/**
 * The outbox of a program beside the service, such as the command line: it knows no job, and writes
 * into the queues that a worker of the service has made.
 */
export function visitingOutbox(): Outbox {
  return {
    enqueue: async (tx, message) => {
      if (!(await insert(tx, message))) throw new TypeError(missingQueue(message.name))
    },
  }
}

function missingQueue(name: string): string {
  return `the database has no queue for the job "${name}" yet; start the service once, then try again`
}

async function insert(tx: Tx | PlatformTx, message: OutboxMessage): Promise<boolean> {
  const { text, values = [] } = enqueueOne(message.name, withActor(message), message)
  const { rowCount } = await tx.query(text, values)
  return rowCount === 1
}

/** The job goes on for whoever asked for it (ASVS 8.3.3); where they sat is not kept with it. */
function withActor({ data, actor }: OutboxMessage): unknown {
  if (actor === undefined) return data
  const { clientAddress: _where, ...kept } = actor
  return { ...Object(data), actor: kept }
}

function unknownJob(name: string): string {
  return `job "${name}" belongs to no feature of this service: name it in feature(…, { jobs: [...] })`
}
