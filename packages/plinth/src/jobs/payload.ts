import { z } from 'zod'
import type { Actor } from '../access/index.ts'
import type { Id } from '../kernel/index.ts'
import { isId, NIL_ID } from '../kernel/index.ts'

/** What a job's row carries. */
export interface Payload {
  readonly tenant: Id<'tenant'>
  readonly input: unknown
  /** Set by a schedule of `in: 'each tenant'`: this one only makes the others. */
  readonly each?: 'tenant' | undefined
  /** Who asked for it; undefined for a schedule and for what the platform does by itself. */
  readonly actor?: KeptActor | undefined
}

/** An actor without the address they came from: the job does not come from there. */
export type KeptActor = Omit<Actor, 'clientAddress'>

const actor = z.object({
  kind: z.enum(['person', 'anonymous', 'system']),
  person: z.custom<Id<'person'>>(isId, 'must be a person id').nullable(),
  requestId: z.string().max(256).nullable(),
  credential: z
    .object({ kind: z.enum(['cookie', 'bearer', 'api-key']), id: z.string().max(256) })
    .optional(),
})

// Not strict: what a newer version of the service adds is no reason to drop its jobs.
const payload = z.object({
  tenant: z.custom<Id<'tenant'>>(isId, 'must be a tenant id'),
  input: z.unknown(),
  each: z.literal('tenant').optional(),
  actor: actor.optional(),
})

/**
 * Reads what a job's row carries. The row is data from the outside: another version of the
 * service, or a person with SQL, may have written it.
 * @throws ZodError
 */
export function readPayload(data: unknown): Payload {
  return payload.parse(data)
}

/** The tenant of the platform's own jobs: the nil UUID. */
export const PLATFORM_TENANT = NIL_ID as Id<'tenant'>

const SYSTEM: Actor = { kind: 'system', person: null, clientAddress: null, requestId: null }

/** Who asked for a job: the actor of the request that enqueued it, else the system itself. */
export function actorOf({ actor: kept }: Payload): Actor {
  return kept === undefined ? SYSTEM : { ...kept, clientAddress: null }
}

/** Where a job comes from, for the log: its tenant, the request and its actor, as far as they are known. */
export function originOf(data: unknown): object {
  const read = payload.safeParse(data)
  if (!read.success) return {}
  const { tenant, actor: kept } = read.data
  return {
    tenant,
    ...(kept?.requestId && { request_id: kept.requestId }),
    ...(kept?.person && { actor_id: kept.person }),
  }
}
