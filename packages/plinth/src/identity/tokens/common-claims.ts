type Claims = Readonly<Record<string, unknown>>

/** How old and how long-lived a token of a kind may be. */
export interface TimeRules {
  readonly nowSeconds: number
  /** Seconds that our clock and the issuer's may differ. */
  readonly leewaySeconds: number
  /** Most seconds since it was issued. */
  readonly oldestSeconds: number
}

/** Longest life of a token that makes sense, in seconds; a longer one is a mistake of its issuer. */
export const LONGEST_LIFE_SECONDS = 86_400

/** 1 to 255 characters, not blank, no controls (OpenID Connect Core 2). Compared byte by byte ever after. */
export function isSubject(sub: unknown): sub is string {
  return typeof sub === 'string' && sub.length <= 255 && sub.trim() !== '' && !/\p{C}/u.test(sub)
}

/** A number of seconds since 1970 that a clock can show. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

/** Holds issue time, expiry and start of validity against now; `iat` and `exp` are required. */
export function timeFault(claims: Claims, rules: TimeRules): 'iat' | 'exp' | 'nbf' | undefined {
  const { exp, iat, nbf } = claims
  const { nowSeconds: now, leewaySeconds: leeway, oldestSeconds } = rules
  if (!isTime(iat) || iat > now + leeway || iat < now - oldestSeconds) return 'iat'
  if (!isTime(exp) || exp <= now - leeway || exp - iat > LONGEST_LIFE_SECONDS) return 'exp'
  return nbf === undefined || (isTime(nbf) && nbf <= now + leeway) ? undefined : 'nbf'
}
