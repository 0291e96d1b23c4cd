import { isSubject, timeFault } from '../tokens/common-claims.ts'

/** What the claims of a logout token are held against. */
export interface ExpectedLogoutClaims {
  /** Whether this provider issues in the name that the token bears, compared without normalising. */
  readonly isIssuer: (issuer: string) => boolean
  readonly clientId: string
  readonly nowSeconds: number
}

/** Why the claims of a logout token were refused. */
export type LogoutClaimFault =
  | 'iss'
  | 'aud'
  | 'iat'
  | 'exp'
  | 'nbf'
  | 'events'
  | 'nonce'
  | 'jti'
  | 'sub'
  | 'sid'
  | 'nobody'

/** Whose sessions a verified logout token ends, and what makes it unique. */
export interface LogoutClaims {
  readonly iss: string
  readonly jti: string
  /** Seconds since 1970. */
  readonly exp: number
  /** When it was made, seconds since 1970. */
  readonly iat: number
  readonly sub: string | undefined
  readonly sid: string | undefined
}

/** The claims read and checked, or the first fault. */
export type ReadLogoutClaims =
  | { readonly ok: true; readonly claims: LogoutClaims }
  | { readonly ok: false; readonly fault: LogoutClaimFault }

type Claims = Readonly<Record<string, unknown>>

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const LEEWAY_SECONDS = 30
/** A logout token is sent when it is made; an older one was kept by somebody (ASVS V10.5.5). */
const OLDEST_SECONDS = 120

/**
 * Holds claims against OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6. A nonce would make it
 * an ID token, and a token without the event is one of another kind: neither may end a session.
 */
export function readLogoutClaims(claims: Claims, expected: ExpectedLogoutClaims): ReadLogoutClaims {
  const { iss, aud, jti, exp, iat, sub, sid } = claims
  if (typeof iss !== 'string' || !expected.isIssuer(iss)) return refused('iss')
  if (!isAudience(aud, expected.clientId)) return refused('aud')
  const late = timeFault(claims, {
    nowSeconds: expected.nowSeconds,
    leewaySeconds: LEEWAY_SECONDS,
    oldestSeconds: OLDEST_SECONDS,
  })
  if (late !== undefined) return refused(late)
  if (!hasEvent(claims['events'])) return refused('events')
  if (claims['nonce'] !== undefined) return refused('nonce')
  if (!isSubject(jti)) return refused('jti')
  if (sub !== undefined && !isSubject(sub)) return refused('sub')
  if (sid !== undefined && !isSubject(sid)) return refused('sid')
  if (sub === undefined && sid === undefined) return refused('nobody')
  return { ok: true, claims: { iss, jti, exp: Number(exp), iat: Number(iat), sub, sid } }
}

function refused(fault: LogoutClaimFault): ReadLogoutClaims {
  return { ok: false, fault }
}

/** Claims of ID and access tokens that no logout token has a use for. */
const OF_OTHER_TOKENS = ['at_hash', 'c_hash', 'azp', 'scope', 'token_use'] as const

/** Whether claims tell of an ID token or an access token, whatever else they hold (JW-23). */
export function isOtherToken(claims: Claims): boolean {
  return OF_OTHER_TOKENS.some((name) => claims[name] !== undefined)
}

/** Us and nobody else: an audience that we do not know could replay the token to us. */
function isAudience(aud: unknown, clientId: string): boolean {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return audiences.length > 0 && audiences.every((one) => one === clientId)
}

/** The event's value is an object, which should be empty. */
function hasEvent(events: unknown): boolean {
  return isObject(events) && isObject(events[EVENT])
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
