import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id, Secret } from '../../kernel/index.ts'
import { deriveKey, hashToken, newId, newToken, seal } from '../../kernel/index.ts'
import { endSessions } from './end-sessions.repository.ts'
import type { Fingerprints } from './fingerprint.ts'
import { isoTime } from './iso-time.ts'
import type { Amr, Judgement, SecondFactors } from './second-factors.ts'
import { judgedProof } from './second-factors.ts'
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
  /** The same two of sessions behind tokens; those above where absent. */
  readonly behindTokens?: { readonly idleSeconds: number; readonly lifetimeSeconds: number }
  /** Sessions that one person may have at the same time; undefined for any number. */
  readonly maxPerPerson?: number | undefined
  readonly secondFactors: SecondFactors
}

/** Who signed in, how, and from where. */
export interface SignedIn {
  readonly person: Id<'person'>
  readonly tenant: Id<'tenant'> | null
  /** Their account at a provider; null for one of our own. */
  readonly identity: Id<'identity'> | null
  /** Name of the provider; `local` for an account of our own. */
  readonly provider: string
  /** Behind a cookie, or behind tokens. */
  readonly kind: SessionKind
  /** With what they proved who they are. */
  readonly amr: readonly Amr[]
  /** What their browser brings that was remembered after a second factor. */
  readonly rememberedDevice: string | undefined
  /** When the person last proved who they are, milliseconds since 1970. */
  readonly authenticatedAt: number
  /** How strong the proof was, in the provider's words (OIDC `acr`); null when it did not say. */
  readonly acr: string | null
  /** The provider's own session (OIDC `sid`), by which it signs out; null when it named none. */
  readonly providerSession: string | null
  readonly userAgent: string | undefined
  readonly clientAddress: string | null
  readonly tokens: ProviderTokens
  /** The session that the browser brought along: it ends when this one begins. */
  readonly replaces?: { readonly family: Id<'session'>; readonly keepsGrant: boolean } | undefined
}

/** Whether a browser holds a session, or a client with tokens. */
export type SessionKind = 'browser' | 'token'

/** A session that goes on under a new id: the family that it stays in, and the end that it keeps. */
export interface Continued extends Omit<SignedIn, 'replaces' | 'rememberedDevice'> {
  readonly continues: { readonly family: Id<'session'>; readonly absoluteExpiresAt: number }
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

/** A session, or what is still missing for one. */
export type Minted =
  | ({ readonly code: 'minted' } & MintedSession)
  | Exclude<Judgement, { readonly code: 'enough' }>

const LONGEST_USER_AGENT = 512

/**
 * Makes a session: the one place where that happens, for every way to sign in. Here it is decided
 * whether what the person proved is enough; nothing is written and nothing ends when it is not. The id
 * is always fresh, so that an id from before sign-in is worth nothing (SB-15).
 */
export async function mintSession(
  deps: SessionDeps,
  tx: PlatformTx,
  signedIn: SignedIn,
): Promise<Minted> {
  const judgement = await deps.secondFactors.judge(tx, judgedProof(signedIn))
  if (judgement.code !== 'enough') return judgement
  const now = deps.clock.now()
  const { replaces: former } = signedIn
  if (former !== undefined) {
    const { family, keepsGrant } = former
    await endSessions(tx, { family }, { now: isoTime(now), reason: 'signed_in_again', keepsGrant })
  }
  await makePlace(deps, tx, signedIn)
  const id = newId<'session'>(deps.clock)
  const absoluteExpiresAt = now + lifeOf(deps, signedIn).lifetimeSeconds * 1_000
  const written = await write(deps, tx, id, {
    ...signedIn,
    amr: judgement.remembered ? [...signedIn.amr, 'remembered'] : signedIn.amr,
    continues: { family: id, absoluteExpiresAt },
  })
  return { code: 'minted', ...written }
}

/** Makes the successor of a session. Called by rotation only, which has asked the gate. */
export async function continueSession(
  deps: SessionDeps,
  tx: PlatformTx,
  session: Continued,
): Promise<MintedSession> {
  return write(deps, tx, newId<'session'>(deps.clock), session)
}

async function write(
  deps: SessionDeps,
  tx: PlatformTx,
  id: Id<'session'>,
  session: Continued,
): Promise<MintedSession> {
  const token = newToken()
  const now = deps.clock.now()
  const end = session.continues.absoluteExpiresAt
  const keep = (kind: TokenPlace['kind']) => sealToken(deps, { id, kind }, session.tokens[kind])
  await insertSession(tx, {
    id,
    idHash: hashToken('session', token),
    family: session.continues.family,
    kind: session.kind,
    person: session.person,
    tenant: session.tenant,
    identity: session.identity,
    provider: session.provider,
    fingerprint: deps.fingerprints.ofBrowser(session.userAgent),
    userAgent: session.userAgent?.slice(0, LONGEST_USER_AGENT).toWellFormed() ?? null,
    clientAddress: session.clientAddress,
    authenticatedAt: isoTime(session.authenticatedAt),
    acr: session.acr,
    amr: session.amr,
    providerSession: session.providerSession,
    now: isoTime(now),
    expiresAt: isoTime(Math.min(now + lifeOf(deps, session).idleSeconds * 1_000, end)),
    absoluteExpiresAt: isoTime(end),
    idTokenSealed: keep('idToken'),
    refreshTokenSealed: keep('refreshToken'),
    scopes: session.tokens.scopes,
  })
  return { id, token }
}

function lifeOf(deps: SessionDeps, { kind }: { readonly kind: SessionKind }) {
  return (kind === 'token' ? deps.behindTokens : undefined) ?? deps
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
