import { z } from 'zod'
import type { Actor, CanAccess } from '../access/index.ts'
import type { Tx } from '../data/index.ts'
import type { Log } from './context.ts'
import type { Fields } from './route.ts'

type Output<F extends Fields> = { readonly [K in keyof F]: z.output<F[K]> }
type Optional<F extends Fields> = {
  [K in keyof F]: undefined extends z.input<F[K]> ? K : never
}[keyof F]
type Input<F extends Fields> = { readonly [K in Exclude<keyof F, Optional<F>>]: z.input<F[K]> } & {
  readonly [K in Optional<F>]?: z.input<F[K]>
}

/** What a job declares. */
export interface JobSpec<F extends Fields> {
  readonly input?: F
  /** Attempts after the first that failed; 3 by default. */
  readonly retries?: number
  /** Five-field cron expression; the job then needs no input. */
  readonly cron?: string
  /** Time zone of `cron`, IANA name; UTC by default. */
  readonly tz?: string
  /** For a schedule: once, or once for each tenant. */
  readonly in?: 'each tenant'
  /** Seconds after which an attempt counts as failed; 900 by default. */
  readonly timeoutSeconds?: number
  /**
   * Whether its input tells something of a person: once done or dead it is then kept for
   * `jobs.keep_personal_hours`, no longer.
   */
  readonly personal?: boolean
  /**
   * What whoever asked for the job must hold in its tenant at the moment when it runs, however long it
   * waited. Without it the job is finished whatever became of them.
   */
  readonly access?: CanAccess
  /** Runs in the tenant that enqueued it; commits together with the job's completion. */
  readonly handle: (context: {
    readonly tx: Tx
    readonly input: Output<F>
    /** Who asked for it: of the request that enqueued it, else the system. For audit rows. */
    readonly actor: Actor
    readonly log: Log
    readonly signal: AbortSignal
  }) => Promise<void>
}

/** A declared job. */
export interface Job<F extends Fields = Fields> {
  readonly kind: 'job'
  readonly name: string
  readonly spec: JobSpec<F>
  readonly schema: z.ZodType
  /** Writes the job in the caller's transaction: it runs if, and only if, that commits. */
  enqueue(tx: Tx, input: Input<F>, options?: { readonly afterSeconds?: number }): Promise<void>
}

const NAME = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/

/**
 * Declares a background job.
 * @param name dotted lower-case name, unique in the service: `product.restock`
 * @throws TypeError when the name leaves that grammar
 */
export function job<F extends Fields = Record<never, never>>(
  name: string,
  spec: JobSpec<F>,
): Job<F> {
  if (!NAME.test(name)) throw new TypeError(`job name "${name}" must look like "area.what"`)
  const schema = z.strictObject(spec.input ?? {})
  return Object.freeze({
    kind: 'job',
    name,
    spec,
    schema,
    async enqueue(tx: Tx, input: Input<F>, options: { readonly afterSeconds?: number } = {}) {
      const data = { tenant: tx.tenant, input: z.parse(schema, input) }
      await tx.outbox.enqueue(tx, { name, data, ...options })
    },
  })
}
