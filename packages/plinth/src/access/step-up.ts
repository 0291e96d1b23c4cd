import { provesTwoFactors } from './authentication-strength.ts'
import type { Credential } from './principal.ts'

/** How recent and how strong the sign-in behind a request must be (ASVS 6.8.4, 7.5.1, RFC 9470). */
export interface StepUp {
  /** Seconds that may have passed since the person last proved who they are (OIDC `auth_time`). */
  readonly maxAgeSeconds?: number
  /** Strengths that are enough, in the words of the provider: the sign-in's `acr` is one of them. */
  readonly acr?: readonly string[]
  /** Whether keys and tokens of programs pass, of whom nobody can ask anything. */
  readonly ofPeople?: boolean
  /** What the provider shall ask a person who must sign in again. */
  readonly prompt?: 'login' | 'select_account'
}

/** What a sign-in lacks. */
export type StepUpFault = 'too_old' | 'too_weak'

// One `acr` in a space-separated list, and harmless in a header: RFC 9470 3.
const ACR = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/

/**
 * Checks a demand when it is declared.
 * @throws TypeError when it demands nothing, or nothing that could be met
 */
export function requireStepUp(demand: StepUp): StepUp {
  const { maxAgeSeconds: age, acr } = demand
  if (age === undefined && acr === undefined)
    throw new TypeError('stepUp needs maxAgeSeconds, acr or both')
  if (age !== undefined && (!Number.isSafeInteger(age) || age < 1))
    throw new TypeError('stepUp.maxAgeSeconds must be a whole number of seconds, 1 or more')
  if (acr !== undefined && (acr.length === 0 || !acr.every((value) => ACR.test(value))))
    throw new TypeError('stepUp.acr must name at least one acr, each visible ASCII without spaces')
  return demand
}

/** Our own word for two factors, whoever asked for them (NIST SP 800-63B). */
const TWO_FACTORS = 'aal2'

/** What a credential lacks of a demand; undefined when it meets it. A strength unsaid is none. */
export function stepUpFault(
  credential: Pick<Credential, 'authenticatedAt' | 'acr' | 'amr' | 'session'>,
  demand: StepUp,
  nowSeconds: number,
): StepUpFault | undefined {
  const { authenticatedAt, acr, amr, session } = credential
  if (demand.ofPeople === true && session === undefined) return undefined
  const { maxAgeSeconds, acr: enough } = demand
  if (enough !== undefined && !enough.includes(acr ?? '') && !meetsOurs(enough, amr))
    return 'too_weak'
  if (maxAgeSeconds !== undefined && nowSeconds - authenticatedAt > maxAgeSeconds) return 'too_old'
  return undefined
}

/** A provider has words of its own; that two factors were proved here is seen from what was shown. */
function meetsOurs(enough: readonly string[], amr: readonly string[] = []): boolean {
  return enough.includes(TWO_FACTORS) && provesTwoFactors(amr)
}

/** How the census names a demand: `at most 300 s old, acr gold or platinum`. */
export function describeStepUp({ maxAgeSeconds, acr, ofPeople }: StepUp): string {
  const age = maxAgeSeconds !== undefined && `at most ${maxAgeSeconds} s old`
  const strength = acr !== undefined && `acr ${acr.join(' or ')}`
  const whose = ofPeople === true && 'of people'
  return [age, strength, whose].filter((part) => part !== false).join(', ')
}
