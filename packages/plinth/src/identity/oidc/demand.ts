import type { IdTokenClaims } from './verify-id-token.ts'

/** What a sign-in must prove beyond who somebody is (OpenID Connect Core 3.1.2.1). */
export interface Demand {
  /** Seconds since the person proved it to the provider; 0 means once more, now. */
  readonly maxAgeSeconds: number | null
  /** Strengths that are enough; none means any. */
  readonly acr: readonly string[]
  readonly prompt: 'login' | 'select_account' | undefined
}

/** A sign-in that must prove nothing but who somebody is. */
export const NO_DEMAND: Demand = { maxAgeSeconds: null, acr: [], prompt: undefined }

const SECONDS = /^\d{1,6}$/

/**
 * Reads a demand from the query of a sign-in. Anybody may write such a link, so it can only ask for
 * more than an ordinary sign-in: an age, a strength that some route of the service demands, or a
 * prompt that shows itself. `prompt=none` and all else is ignored (RP-06, ASVS 7.6.2).
 * @param known every `acr` that a route of this service demands
 */
export function demandOf(
  query: { readonly max_age?: unknown; readonly acr_values?: unknown; readonly prompt?: unknown },
  known: ReadonlySet<string>,
): Demand {
  const { max_age: age, acr_values: strengths, prompt } = query
  const acr = typeof strengths === 'string' ? strengths.split(' ', 32) : []
  const seconds = typeof age === 'string' && SECONDS.test(age) ? Number(age) : null
  return {
    // A provider need not say when somebody signed in, unless an age was asked for.
    maxAgeSeconds: prompt === 'login' ? 0 : seconds,
    acr: [...new Set(acr)].filter((value) => known.has(value)),
    prompt: prompt === 'login' || prompt === 'select_account' ? prompt : undefined,
  }
}

/** Whether a sign-in with this demand proves more than an ordinary one. */
export function isDemanding({ maxAgeSeconds, acr }: Demand): boolean {
  return maxAgeSeconds !== null || acr.length > 0
}

/** What was demanded when the sign-in began, as the pending login keeps it. */
export interface KeptDemand {
  readonly max_age_seconds: number | null
  readonly acr_values: readonly string[]
  readonly created_at: string
}

/** What an answer of the provider lacks of the demand. */
export type DemandFault = 'sign_in_too_old' | 'sign_in_too_weak'

/** Seconds that our clock and the provider's may differ. */
const LEEWAY_SECONDS = 30

/**
 * Holds the answer against the demand (Core 3.1.3.7, points 12 and 13). A provider that does not
 * say when or how somebody signed in, and could, has not met it. The age counts from the start of this sign-in:
 * that is when the provider judged it.
 * @param statesAuthTime false for a provider that never says when: only what it does say is checked
 */
export function demandFault(
  claims: IdTokenClaims,
  demand: KeptDemand,
  statesAuthTime: boolean,
): DemandFault | undefined {
  const { auth_time: authTime, acr } = claims
  const { max_age_seconds: age, acr_values: enough } = demand
  const isEnough = typeof acr === 'string' && enough.includes(acr)
  if (enough.length > 0 && !isEnough) return 'sign_in_too_weak'
  if (age === null || (authTime === undefined && !statesAuthTime)) return undefined
  const earliest = Date.parse(demand.created_at) / 1_000 - age - LEEWAY_SECONDS
  return typeof authTime === 'number' && authTime >= earliest ? undefined : 'sign_in_too_old'
}
