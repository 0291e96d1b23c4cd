import type { Queryable, Statement } from '../data/index.ts'
import type { JobsSettings } from './jobs.settings.ts'
import type { RunnableJob } from './system-job.ts'

/** The schema that holds jobs and schedules; a platform migration makes it. */
export const JOBS_SCHEMA = 'plinth_jobs'

/** Seconds without a sign of life after which a running job counts as abandoned by its worker. */
export const HEARTBEAT_SECONDS = 60

const DEFAULT_RETRIES = 3
const DEFAULT_TIMEOUT_SECONDS = 900
const KEEP_WAITING_SECONDS = 14 * 86_400

/** Seconds that one attempt of a job may take. */
export function timeoutSeconds({ spec }: RunnableJob): number {
  return spec.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS
}

type QueueSettings = Pick<
  JobsSettings,
  'retry_delay_seconds' | 'retry_delay_max_seconds' | 'keep_finished_days' | 'keep_personal_hours'
>

/** What tells of people goes first: nobody needs it once it is done. */
function keepSeconds({ spec }: RunnableJob, settings: QueueSettings): number {
  const all = settings.keep_finished_days * 86_400
  return spec.personal === true ? Math.min(all, settings.keep_personal_hours * 3_600) : all
}

/** Makes the queue of a job unless it is there: SQL only, so that any transaction can do it. */
export function createQueue(job: RunnableJob, settings: QueueSettings): Statement {
  const options = {
    policy: 'standard',
    retryLimit: job.spec.retries ?? DEFAULT_RETRIES,
    retryDelay: settings.retry_delay_seconds,
    retryBackoff: true,
    retryDelayMax: settings.retry_delay_max_seconds,
    // The worker ends an attempt by itself; this is for a worker that is no more.
    expireInSeconds: timeoutSeconds(job) + HEARTBEAT_SECONDS,
    retentionSeconds: KEEP_WAITING_SECONDS,
    deleteAfterSeconds: keepSeconds(job, settings),
    heartbeatSeconds: HEARTBEAT_SECONDS,
  }
  return {
    text: 'SELECT plinth_jobs.create_queue($1, $2::jsonb)',
    values: [job.name, JSON.stringify(options)],
  }
}

/** Brings the queue of a job in line with a declaration that has changed since it was made. */
function alignQueue(job: RunnableJob, settings: QueueSettings): Statement {
  return {
    text: `UPDATE plinth_jobs.queue SET retry_limit = $2, retry_delay = $3, retry_delay_max = $4,
        expire_seconds = $5, deletion_seconds = $6, updated_on = now()
      WHERE name = $1 AND (retry_limit, retry_delay, retry_delay_max, expire_seconds, deletion_seconds)
        IS DISTINCT FROM ($2::int, $3::int, $4::int, $5::int, $6::int)`,
    values: [
      job.name,
      job.spec.retries ?? DEFAULT_RETRIES,
      settings.retry_delay_seconds,
      settings.retry_delay_max_seconds,
      timeoutSeconds(job) + HEARTBEAT_SECONDS,
      keepSeconds(job, settings),
    ],
  }
}

/** Makes and aligns the queues of all jobs. */
export async function declareQueues(
  db: Queryable,
  jobs: readonly RunnableJob[],
  settings: QueueSettings,
): Promise<void> {
  if (jobs.length === 0) return
  await db.batch(jobs.flatMap((job) => [createQueue(job, settings), alignQueue(job, settings)]))
}
