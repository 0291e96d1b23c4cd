import type { OutboxMessage, Statement } from '../data/index.ts'

// pg-boss documents its tables as an interface for SQL. One INSERT joins any transaction, and a
// process that only enqueues needs neither pg-boss nor a connection for it. A test compares the row
// with the one that pg-boss's own send() writes, column by column.
const COLUMNS = `name, data, start_after, created_on, keep_until, expire_seconds, deletion_seconds,
  retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds`

const FROM_QUEUE = `now(), now() + make_interval(secs => $2::float8 + q.retention_seconds),
  q.expire_seconds, coalesce($3::int, q.deletion_seconds), q.retry_limit, q.retry_delay,
  q.retry_backoff, q.retry_delay_max, q.policy, q.dead_letter, q.heartbeat_seconds`

const ENQUEUE = `INSERT INTO plinth_jobs.job (${COLUMNS})
  SELECT q.name, $4::jsonb, now() + make_interval(secs => $2::float8), ${FROM_QUEUE}
  FROM plinth_jobs.queue q WHERE q.name = $1`

const ENQUEUE_EACH = `INSERT INTO plinth_jobs.job (${COLUMNS})
  SELECT q.name, jsonb_build_object('tenant', t.id, 'input', '{}'::jsonb),
    now() + make_interval(secs => $2::float8), ${FROM_QUEUE}
  FROM plinth_jobs.queue q CROSS JOIN plinth.tenants t
  WHERE q.name = $1 AND t.status = 'active'`

/** When a job begins, and how long it is kept. */
export type Timing = Pick<OutboxMessage, 'afterSeconds' | 'keepSeconds'>

/** Writes one job; changes no row when its queue is not there. */
export function enqueueOne(name: string, data: unknown, timing: Timing): Statement {
  const { afterSeconds = 0, keepSeconds = null } = timing
  return { text: ENQUEUE, values: [name, afterSeconds, keepSeconds, JSON.stringify(data)] }
}

/** Writes one job for each active tenant. */
export function enqueueForEachTenant(name: string): Statement {
  return { text: ENQUEUE_EACH, values: [name, 0, null] }
}
