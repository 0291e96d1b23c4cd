import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id, Secret } from '../../kernel/index.ts'
import { deriveKey, hashToken, newId, newToken } from '../../kernel/index.ts'
import type { Fingerprints } from './fingerprint.ts'
import { isoTime } from './iso-time.ts'
import { seal } from './seal.ts'
import { makePlace } from './session-limit.ts'
import { insertSession } from './sessions.repository.ts'

/** What all sessions of a service are made with. */
export interface SessionDeps {
  readonly clock: Clock
  /** `app.session_signing_secret`. */
  readonly secret: Secret
  readonly fingerprints: Fingerprints
  /** Seconds without a request after which a session ends. */
  readonly idleSeconds: number
  /** Seconds after sign-in at which it ends, however often it is refreshed. */
  readonly lifetimeSeconds: number
  /** Sessions that one person may have at the same time; undefined for any number. */
  readonly maxPerPerson?: number | undefined
}

/** Who signed in, how, and from where. */
export interface SignedIn {
  readonly person: Id<'person'>
  readonly tenant: Id<'tenant'> | null
  readonly identity: Id<'identity'>
  readonly provider: string
  /** When the person last proved who they are, milliseconds since 1970. */
  readonly authenticatedAt: number
  /** How strong the proof was, in the provider's words (OIDC `acr`); null when it did not say. */
  readonly acr: string | null
  /** The provider's own session (OIDC `sid`), by which it signs out; null when it named none. */
  readonly providerSession: string | null
  readonly userAgent: string | undefined
  readonly clientAddress: string | null
  readonly tokens: ProviderTokens
  /** For a rotation: the family it goes on, and the end that it keeps. A sign-in has none. */
  readonly continues?: { readonly family: Id<'session'>; readonly absoluteExpiresAt: number }
}

/** Tokens of the provider that the session keeps, sealed. */
export interface ProviderTokens {
  /** For the hint at sign-out. */
  readonly idToken: string | undefined
  /** Only where policy allows (`oidc.refresh_tokens`). */
  readonly refreshToken: string | undefined
  /** What they were granted for: fewer than asked for, if the provider says so (RFC 6749 3.3). Not sealed. */
  readonly scopes: readonly string[] | null
}

/** A session that was just made. The token goes into the cookie and exists nowhere else. */
export interface MintedSession {
  readonly id: Id<'session'>
  readonly token: string
}

const LONGEST_USER_AGENT = 512

/**
 * Makes a session: the one place where that happens, for every way to sign in and for rotation.
 * The id is always fresh, so that an id from before sign-in is worth nothing (SB-15).
 */
export async function mintSession(
  deps: SessionDeps,
  tx: PlatformTx,
  signedIn: SignedIn,
): Promise<MintedSession> {
  if (signedIn.continues === undefined) await makePlace(deps, tx, signedIn)
  const id = newId<'session'>(deps.clock)
  const token = newToken()
  const now = deps.clock.now()
  const end = signedIn.continues?.absoluteExpiresAt ?? now + deps.lifetimeSeconds * 1_000
  const keep = (kind: TokenPlace['kind']) => sealToken(deps, { id, kind }, signedIn.tokens[kind])
  await insertSession(tx, {
    id,
    idHash: hashToken('session', token),
    family: signedIn.continues?.family ?? id,
    person: signedIn.person,
    tenant: signedIn.tenant,
    identity: signedIn.identity,
    provider: signedIn.provider,
    fingerprint: deps.fingerprints.ofBrowser(signedIn.userAgent),
    userAgent: signedIn.userAgent?.slice(0, LONGEST_USER_AGENT).toWellFormed() ?? null,
    clientAddress: signedIn.clientAddress,
    authenticatedAt: isoTime(signedIn.authenticatedAt),
    acr: signedIn.acr,
    providerSession: signedIn.providerSession,
    now: isoTime(now),
    expiresAt: isoTime(Math.min(now + deps.idleSeconds * 1_000, end)),
    absoluteExpiresAt: isoTime(end),
    idTokenSealed: keep('idToken'),
    refreshTokenSealed: keep('refreshToken'),
    scopes: signedIn.tokens.scopes,
  })
  return { id, token }
}

export { isoTime }

/** Which provider token of which session. */
export interface TokenPlace {
  readonly id: string
  readonly kind: 'idToken' | 'refreshToken'
}

function sealToken(
  deps: Pick<SessionDeps, 'secret'>,
  place: TokenPlace,
  token: string | undefined,
): Buffer | null {
  if (token === undefined) return null
  return seal(deriveKey(deps.secret, 'provider-token'), placeOf(place), token)
}

/** What a sealed token is bound to: its session and its purpose. */
export function placeOf({ id, kind }: TokenPlace): string {
  return `session ${id} ${kind}`
}
