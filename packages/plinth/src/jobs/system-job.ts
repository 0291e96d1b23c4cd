import { z } from 'zod'
import type { Actor } from '../access/index.ts'
import type { AnyJob, Fields } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import type { Log } from '../telemetry/index.ts'

type Output<F extends Fields> = { readonly [K in keyof F]: z.output<F[K]> }

/** What a system job gets. */
export interface SystemJobContext<I> {
  readonly input: I
  /** The tenant whose transaction enqueued it; the nil UUID for the platform's own. */
  readonly tenant: Id<'tenant'>
  /** Who asked for it: of the request that enqueued it, else the system. For audit rows. */
  readonly actor: Actor
  /** The same for every attempt: use it to make the effect idempotent. */
  readonly jobId: string
  readonly log: Log
  readonly signal: AbortSignal
}

/** What a system job declares. */
export interface SystemJobSpec<F extends Fields> {
  readonly input: F
  /** Attempts after the first that failed; 3 by default. */
  readonly retries?: number
  /** Seconds after which an attempt counts as failed; 900 by default. */
  readonly timeoutSeconds?: number
  /**
   * Whether its input tells something of a person: once done or dead it is then kept for
   * `jobs.keep_personal_hours`, no longer.
   */
  readonly personal?: boolean
  readonly handle: (context: SystemJobContext<Output<F>>) => Promise<void>
}

/**
 * A job of the platform itself whose effect lies outside the database, such as a mail. It holds no
 * transaction while it talks to the network, so it runs at least once, not exactly once.
 */
export interface SystemJob {
  readonly kind: 'system-job'
  readonly name: string
  readonly schema: z.ZodType
  readonly spec: Omit<SystemJobSpec<Fields>, 'handle' | 'input'> & {
    readonly handle: (context: never) => Promise<void>
  }
}

/** Anything that a worker runs. */
export type RunnableJob = AnyJob | SystemJob

/** Declares a system job. */
export function systemJob<F extends Fields>(name: string, spec: SystemJobSpec<F>): SystemJob {
  return Object.freeze({ kind: 'system-job', name, spec, schema: z.strictObject(spec.input) })
}
