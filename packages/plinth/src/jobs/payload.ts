import { z } from 'zod'
import type { Id } from '../kernel/index.ts'
import { isId, NIL_ID } from '../kernel/index.ts'

/** What a job's row carries. */
export interface Payload {
  readonly tenant: Id<'tenant'>
  readonly input: unknown
  /** Set by a schedule of `in: 'each tenant'`: this one only makes the others. */
  readonly each?: 'tenant' | undefined
}

const payload = z.strictObject({
  tenant: z.custom<Id<'tenant'>>(isId, 'must be a tenant id'),
  input: z.unknown(),
  each: z.literal('tenant').optional(),
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
