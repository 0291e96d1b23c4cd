import type { Actor } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Attempt } from '../attempts/attempt-key.ts'
import type { AccountShare } from '../attempts/attempts.ts'
import type { FactorFault } from './mfa.events.ts'
import { mfaEvents } from './mfa.events.ts'
import type { MfaParts } from './mfa-parts.ts'

/** Where a second factor is asked for. */
export type FactorUse = 'sign_in' | 'step_up' | 'set_up'

/** Who tries a second factor, and what for. */
export interface FactorTry {
  readonly actor: Actor
  readonly use: FactorUse
  readonly share: AccountShare
}

/** A try that was counted. */
export type CountedTry =
  | { readonly code: 'go'; readonly attempt: Attempt }
  | { readonly code: 'locked'; readonly retryAfterSeconds: number }

/**
 * Counts a try of a second factor before it is looked at. One count for all factors, challenges,
 * sessions and channels of a person (MF-07, MF-08): a right password does not touch it.
 */
export async function countTry(
  { attempts, platform }: Pick<MfaParts, 'attempts' | 'platform'>,
  person: Id<'person'>,
  { actor, use, share }: FactorTry,
): Promise<CountedTry> {
  const attempt: Attempt = { subject: { person }, factor: 'second', address: actor.clientAddress }
  const reserved = await attempts.reserve(platform, attempt, share)
  if (reserved.code === 'go') return { code: 'go', attempt }
  await recordFault({ platform }, person, { actor, use, reason: 'locked' })
  return { code: 'locked', retryAfterSeconds: reserved.retryAfterSeconds }
}

/** Writes down that a second factor was not taken, outside of what could take it back. */
export async function recordFault(
  { platform }: Pick<MfaParts, 'platform'>,
  person: Id<'person'> | null,
  fault: { readonly actor: Actor; readonly use: FactorUse; readonly reason: FactorFault },
): Promise<void> {
  const { actor, use, reason } = fault
  const target = person === null ? {} : { target: { type: 'person', id: person } }
  const event = mfaEvents.proved({ outcome: 'failed', reason, data: { use }, ...target })
  await recordOutside(platform, actor, event)
}
