import { z } from 'zod'
import type { Actor } from '../access/index.ts'
import type { Database, Tx } from '../data/index.ts'
import { PermanentFailure } from '../feature/index.ts'
import type { Clock } from '../kernel/index.ts'
import { NIL_ID } from '../kernel/index.ts'
import { cleanFacts, type Log, type Metrics, type Tracer } from '../telemetry/index.ts'
import { type Boss, type ClaimedJob, inTransaction } from './boss.ts'
import { withDeadline } from './deadline.ts'
import { enqueueForEachTenant } from './enqueue.ts'
import { actorOf, originOf, type Payload, readPayload } from './payload.ts'
import { timeoutSeconds } from './queue.ts'
import type { JobRights } from './rights-of-actor.ts'
import { requireRights } from './rights-of-actor.ts'
import type { RunnableJob } from './system-job.ts'
import { refuseOnceDeleted, refuseUnlessActive } from './tenant-standing.ts'

/** What an attempt needs from its worker. */
export interface AttemptDeps {
  readonly database: Database
  readonly boss: Boss
  readonly log: Log
  readonly metrics: Pick<Metrics, 'observeJob'>
  readonly clock: Clock
  readonly rights: JobRights
  readonly tracer?: Pick<Tracer, 'inSpan'> | undefined
}

/** One attempt: the declaration, the claimed row, and the signal that interrupts it. */
export interface Attempt {
  readonly job: RunnableJob
  readonly claimed: ClaimedJob
  readonly signal: AbortSignal
}

/** Runs one attempt and settles it. Never throws: a failure is the job's, not the worker's. */
export async function runAttempt(
  deps: AttemptDeps,
  { job, claimed, signal }: Attempt,
): Promise<void> {
  const log = deps.log.child({
    task: job.name,
    job_id: claimed.id,
    attempt: claimed.retryCount + 1,
    ...originOf(claimed.data),
  })
  const started = deps.clock.monotonic()
  const seconds = (): number => (deps.clock.monotonic() - started) / 1000
  try {
    await withDeadline({ signal, seconds: timeoutSeconds(job) }, (limited) =>
      inSpan(deps, job, () => perform({ ...deps, log }, { job, claimed, signal: limited })),
    )
    deps.metrics.observeJob({ task: job.name, status: 'completed', seconds: seconds() })
    log.info({ duration_ms: Math.round(seconds() * 1000) }, 'job completed')
  } catch (error) {
    deps.metrics.observeJob({ task: job.name, status: 'failed', seconds: seconds() })
    await fail({ ...deps, log }, claimed, error)
  }
}

function inSpan(
  { tracer }: AttemptDeps,
  { name }: RunnableJob,
  work: () => Promise<void>,
): Promise<void> {
  if (tracer === undefined) return work()
  return tracer.inSpan(`job ${name}`, { 'plinth.job': name }, work)
}

async function perform(deps: AttemptDeps, attempt: Attempt): Promise<void> {
  const payload = readPayload(attempt.claimed.data)
  if (payload.each === 'tenant') return fanOut(deps, attempt)
  const order = { ...payload, actor: actorOf(payload) }
  return attempt.job.kind === 'job'
    ? performInTransaction(deps, attempt, order)
    : performOutside(deps, attempt, order)
}

/** A job as it was asked for, and by whom. */
type Order = Payload & { readonly actor: Actor }

/** Half of what a deleted tenant is left for before it is erased. */
const LONG_MS = 30_000

/** What the job did and the fact that it is done commit together, or neither does. */
async function performInTransaction(
  { database, boss, log, rights, clock }: AttemptDeps,
  { job, claimed, signal }: Attempt,
  { tenant, input: given, actor }: Order,
): Promise<void> {
  const handle = job.spec.handle as (context: object) => Promise<void>
  const input = await job.schema.parseAsync(given)
  const started = clock.monotonic()
  await database.platform.transaction(async (tx) => {
    if (tenant !== NIL_ID) await refuseUnlessActive(tx, tenant)
    const perform = async (inside: Tx) => {
      if (job.kind === 'job')
        await requireRights(inside, rights, { name: job.name, access: job.spec.access, actor })
      await handle({ tx: inside, input, actor, log, signal })
    }
    await tx.inTenant(tenant, perform, { actor })
    signal.throwIfAborted()
    if (clock.monotonic() - started > LONG_MS) await refuseOnceDeleted(tx, tenant)
    settled(await boss.complete(job.name, claimed, null, { db: inTransaction(tx) }))
  })
}

async function performOutside(
  { database, boss, log }: AttemptDeps,
  { job, claimed, signal }: Attempt,
  { tenant, input: given, actor }: Order,
): Promise<void> {
  const handle = job.spec.handle as (context: object) => Promise<void>
  const input = await job.schema.parseAsync(given)
  if (tenant !== NIL_ID) await refuseUnlessActive(database.platform, tenant)
  await handle({ input, tenant, actor, jobId: claimed.id, log, signal })
  settled(await boss.complete(job.name, claimed))
}

/** The tick of a schedule becomes one job for each tenant; all of them, or none. */
async function fanOut({ database, boss }: AttemptDeps, { job, claimed }: Attempt): Promise<void> {
  await database.platform.transaction(async (tx) => {
    const { text, values = [] } = enqueueForEachTenant(job.name)
    await tx.query(text, values)
    settled(await boss.complete(job.name, claimed, null, { db: inTransaction(tx) }))
  })
}

/** A claim that lapsed went to another worker: this one's work must not count a second time. */
function settled(response: object): void {
  if (!('affected' in response) || response.affected !== 1) {
    throw new Error(
      'The job had gone to another worker before it was done; nothing of it was kept.',
    )
  }
}

async function fail(deps: AttemptDeps, claimed: ClaimedJob, error: unknown): Promise<void> {
  const { database, boss, log } = deps
  const reason = error instanceof Error ? error : new Error(String(error))
  const hopeless = reason instanceof PermanentFailure || reason instanceof z.ZodError
  if (hopeless || claimed.retryCount >= claimed.retryLimit) {
    log.error({ error: reason }, 'The job failed for the last time and is dead.')
  } else {
    log.warn({ error: reason }, 'The job failed and will be tried again.')
  }
  try {
    if (hopeless) await database.platform.query(NO_MORE_RETRIES, [claimed.name, claimed.id])
    await boss.fail(claimed.name, claimed, cleanFacts(reason, { withStack: false }))
  } catch (cause) {
    // Without a database nothing can be said; the missing sign of life says it later.
    log.warn({ error: cause }, 'The failure of the job could not be written.')
  }
}

const NO_MORE_RETRIES = `UPDATE plinth_jobs.job SET retry_limit = retry_count
  WHERE name = $1 AND id = $2 AND state = 'active'`
