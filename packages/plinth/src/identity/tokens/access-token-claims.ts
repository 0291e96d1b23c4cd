import { isSubject, LONGEST_LIFE_SECONDS, timeFault } from './common-claims.ts'
import type { JwtSettings } from './jwt.settings.ts'
import { claimAt } from './named-list.ts'

type Claims = Readonly<Record<string, unknown>>

/** What the claims of an access token are held against. */
export interface ExpectedAccess {
  readonly settings: JwtSettings
  /** How its issuer knows us: usually one client id. */
  readonly clientIds: readonly string[]
  /** Whether its header names the type of an access token (RFC 9068). */
  readonly isTyped: boolean
  readonly nowSeconds: number
}

/** Why the claims of an access token were refused. */
export type AccessClaimFault = 'iss' | 'use' | 'sub' | 'aud' | 'azp' | 'iat' | 'exp' | 'nbf'

/**
 * Holds claims against contract 8.1: another kind of token, the subject, whom it is for, by whom it
 * is used, and when. The issuer was checked with the signature. The first fault, or undefined.
 */
export function accessClaimFault(
  claims: Claims,
  expected: ExpectedAccess,
): AccessClaimFault | undefined {
  const { settings, nowSeconds } = expected
  if (isOtherKind(claims)) return 'use'
  if (!isSubject(claims['sub'])) return 'sub'
  const audiences = audiencesIn(claims['aud'])
  if (!isForUs(audiences, claims, expected)) return 'aud'
  if (!isUsedByRight(audiences, claims, expected)) return 'azp'
  const leewaySeconds = settings.clock_skew
  return timeFault(claims, { nowSeconds, leewaySeconds, oldestSeconds: LONGEST_LIFE_SECONDS })
}

/** What ID tokens, logout tokens and Security Event Tokens have and access tokens have not. */
const OTHER_KINDS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'] as const

/** Issuers that name the kind in a claim do so as Keycloak (`typ`) or as Cognito (`token_use`). */
function isOtherKind(claims: Claims): boolean {
  const { typ, token_use: use } = claims
  if (OTHER_KINDS.some((name) => claims[name] !== undefined)) return true
  return (typ !== undefined && typ !== 'Bearer') || (use !== undefined && use !== 'access')
}

function isMarkedAsAccess(claims: Claims, { settings, isTyped }: ExpectedAccess): boolean {
  const { typ, token_use: use, scp } = claims
  const scope = claimAt(claims, settings.claims.scope) ?? scp
  return isTyped || typ === 'Bearer' || use === 'access' || scope !== undefined
}

/** Every entry is a text, or the list is none. */
function audiencesIn(aud: unknown): readonly string[] {
  const entries: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const texts = entries.filter((one) => typeof one === 'string')
  return texts.length === entries.length ? texts : []
}

/**
 * For one of our names; or for our client id, which is the audience of every ID token too, so that
 * such a token has to show that it is an access token.
 */
function isForUs(audiences: readonly string[], claims: Claims, expected: ExpectedAccess): boolean {
  const { settings, clientIds } = expected
  if (audiences.some((one) => settings.audiences.includes(one))) return true
  return audiences.some((one) => clientIds.includes(one)) && isMarkedAsAccess(claims, expected)
}

/**
 * The party that was given the token: one of those that settings list; without a list our own client
 * or one of the audiences. Keycloak's tokens have the client beside the audiences, not among them.
 */
function isUsedByRight(
  audiences: readonly string[],
  { azp, client_id: client }: Claims,
  { settings, clientIds }: ExpectedAccess,
): boolean {
  const party = azp ?? client
  if (party === undefined) return settings.authorized_parties === undefined && audiences.length < 2
  const allowed = settings.authorized_parties ?? [...audiences, ...clientIds]
  return typeof party === 'string' && allowed.includes(party)
}
