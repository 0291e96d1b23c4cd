import { z } from 'zod'
import type { Queryable } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { hashToken } from '../../kernel/index.ts'
import { issueOneTime, redeemOneTime } from '../one-time/one-time-tokens.ts'

/** What a challenge is for; one of a use is worth nothing at another. */
export type PasskeyUse = 'registration' | 'sign_in' | 'second_factor' | 'step_up'

/** To whom a challenge is given. */
export interface ChallengeHolder {
  readonly use: PasskeyUse
  /** Whom the answer must be from; undefined at a sign-in, where nobody is known yet. */
  readonly person?: Id<'person'> | undefined
  /** What only the one asked holds: `session <id>`, `browser <cookie>`, `challenge <token>`. */
  readonly holder: string
}

const kept = z.object({ use: z.string(), holder: z.string() })
const PURPOSE = 'passkey-challenge'

/** Gives out a challenge: 256 random bits that are answered once, in time, by the same holder. */
export function issueChallenge(
  tx: Queryable,
  clock: Clock,
  { use, person, holder, ttlSeconds }: ChallengeHolder & { readonly ttlSeconds: number },
): Promise<string> {
  const data = { use, holder: hashOf(holder) }
  return issueOneTime(tx, clock, { purpose: PURPOSE, person, data, ttlSeconds })
}

/**
 * Uses a challenge up. It is gone also when it turns out to be for another use, person or holder:
 * whoever holds it wrongly has no second try.
 */
export async function takeChallenge(
  tx: Queryable,
  clock: Clock,
  { use, person, holder, challenge }: ChallengeHolder & { readonly challenge: string },
): Promise<boolean> {
  const row = await redeemOneTime(tx, clock, { purpose: PURPOSE, token: challenge })
  if (row === undefined) return false
  const data = kept.parse(row.data)
  return data.use === use && data.holder === hashOf(holder) && row.person_id === (person ?? null)
}

function hashOf(holder: string): string {
  return hashToken('passkey-holder', holder).toString('base64url')
}

/** The holders that there are, in words that cannot be taken for one another. */
export const holders = {
  /** A signed-in session, by its id. */
  session: (id: string): string => `session ${id}`,
  /** A browser in which nobody is known yet, by a cookie of ours. */
  browser: (cookie: string): string => `browser ${cookie}`,
  /** A sign-in that waits for a second factor, by its token. */
  waitingSignIn: (token: string): string => `waiting sign-in ${token}`,
} as const
