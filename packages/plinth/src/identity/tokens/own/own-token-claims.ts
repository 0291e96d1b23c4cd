import type { Id } from '../../../kernel/index.ts'
import { isId } from '../../../kernel/index.ts'
import { timeFault } from '../common-claims.ts'
import { LONGEST_TOKEN_MS } from './choose-key.ts'

type Claims = Readonly<Record<string, unknown>>

/** Seconds that the clocks of our own processes may differ. */
const CLOCK_SKEW_SECONDS = 10

/** A verified access token of our own: whose, and of what. What they may do now is not in it. */
export type OwnToken = {
  readonly jti: string
  readonly person: Id<'person'>
  /** Id of the key that signed it. */
  readonly key: string
  /** When it ends, milliseconds since 1970. */
  readonly expiresAtMs: number
} & (
  | { readonly of: 'session'; readonly session: Id<'session'> }
  | { readonly of: 'client'; readonly client: Id<'oauth-client'> }
)

/** Why the claims of an own token were refused. */
export type OwnClaimFault = 'iss' | 'aud' | 'sub' | 'jti' | 'use' | 'iat' | 'exp' | 'nbf'

/** `client_id` of the tokens of people, whom no client but our own API serves (RFC 9068 2.2). */
export const FIRST_PARTY = 'token-api'

/** What the claims are held against. */
export interface ExpectedOwn {
  readonly issuer: string
  readonly audience: string
  readonly nowSeconds: number
  /** Id of the key that signed. */
  readonly key: string
}

/** Holds the claims of a token that one of our keys signed against what we put into such a token. */
export function readOwnClaims(claims: Claims, expected: ExpectedOwn): OwnToken | OwnClaimFault {
  const { iss, aud, sub, jti, sid, client_id: client, exp, iat } = claims
  if (iss !== expected.issuer) return 'iss'
  if (aud !== expected.audience) return 'aud'
  if (!isId(sub)) return 'sub'
  if (!isId(jti)) return 'jti'
  const { nowSeconds } = expected
  const times = { nowSeconds, leewaySeconds: CLOCK_SKEW_SECONDS, oldestSeconds: LIFE_SECONDS }
  const late = timeFault(claims, times)
  if (late !== undefined) return late
  if (Number(exp) - Number(iat) > LIFE_SECONDS) return 'exp'
  const common = {
    jti,
    person: sub as Id<'person'>,
    key: expected.key,
    expiresAtMs: Number(exp) * 1_000,
  }
  if (isId(sid) && client === FIRST_PARTY) {
    return { ...common, of: 'session', session: sid as Id<'session'> }
  }
  if (isId(client) && sid === undefined) {
    return { ...common, of: 'client', client: client as Id<'oauth-client'> }
  }
  return 'use'
}

const LIFE_SECONDS = LONGEST_TOKEN_MS / 1_000
