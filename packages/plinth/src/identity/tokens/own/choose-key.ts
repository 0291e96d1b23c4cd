import type { SigningAlgorithm } from './signing-algorithms.ts'
import type { SigningKey } from './signing-key.ts'

const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000]

/** A new key is published so long before it signs that whoever keeps our key set has it by then. */
export const PUBLISHED_BEFORE_MS = 10 * MINUTE_MS
/** The longest life of a token that a key signs: the most that settings allow. */
export const LONGEST_TOKEN_MS = 60 * MINUTE_MS
/** So long a key verifies after its successor began to sign. */
export const OVERLAP_MS = DAY_MS

/** What is wanted of the keys of a service. */
export interface KeyPolicy {
  readonly algorithm: SigningAlgorithm
  readonly rotateAfterDays: number
}

/**
 * The key that signs now: the youngest of the wanted algorithm, or while that one is being published
 * the youngest of any. It must outlive what it signs.
 * @param keys the youngest first
 */
export function signingNow(
  keys: readonly SigningKey[],
  { algorithm }: KeyPolicy,
  nowMs: number,
): SigningKey | undefined {
  const able = keys.filter(
    ({ signing, signsFrom, verifiesUntil }) =>
      signing !== undefined && signsFrom <= nowMs && verifiesUntil - nowMs > LONGEST_TOKEN_MS,
  )
  return able.find((key) => key.algorithm === algorithm) ?? able[0]
}

/** Whether it is time to make the next key: none of the wanted algorithm will sign for long. */
export function isKeyDue(
  keys: readonly SigningKey[],
  { algorithm, rotateAfterDays }: KeyPolicy,
  nowMs: number,
): boolean {
  const lead = PUBLISHED_BEFORE_MS + LONGEST_TOKEN_MS
  return !keys.some(
    (key) =>
      key.algorithm === algorithm &&
      key.signing !== undefined &&
      key.signsFrom + rotateAfterDays * DAY_MS > nowMs + PUBLISHED_BEFORE_MS &&
      key.verifiesUntil > nowMs + lead,
  )
}
