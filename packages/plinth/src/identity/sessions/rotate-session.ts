import type { KeyObject } from 'node:crypto'
import type { Actor } from '../../access/index.ts'
import { provesTwoFactors } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { deriveKey, hashToken, Secret, seal, unseal } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import { sessionEvents } from '../identity.events.ts'
import { endSessions } from './end-sessions.repository.ts'
import type { MintedSession, ProviderTokens, SessionDeps } from './mint-session.ts'
import { continueSession, isoTime, placeOf } from './mint-session.ts'
import type { Rotated } from './rotation.repository.ts'
import { claimRotation, findSuccessor, linkSuccessor } from './rotation.repository.ts'
import type { Amr } from './second-factors.ts'
import { ROTATION_GRACE_SECONDS } from './session.ts'

/** Gets fresh tokens of the provider, where policy asks for it. */
export type RenewTokens = (
  tx: PlatformTx,
  session: {
    readonly provider: string
    readonly identity: Id<'identity'> | null
    /** Milliseconds since 1970. */
    readonly authenticatedAt: number
  },
  tokens: ProviderTokens,
) => Promise<ProviderTokens | 'refused'>

/** What rotation needs. */
export interface RotateDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
  readonly renewTokens: RenewTokens
}

/** Whose session, and from where. */
export interface RotateRequest {
  readonly token: string
  readonly userAgent: string | undefined
  readonly actor: Actor
  /** The tenant in which the successor works; that of the old id by default. */
  readonly tenant?: Id<'tenant'>
  /** What the person has proved once more, just now. */
  readonly proved?: readonly Amr[]
}

/** Leaves the provider's tokens as they are: what the provider knows has not changed. */
export const keepTokens: RenewTokens = async (_tx, _session, held) => held

/** How a rotation ended. */
export type Rotation =
  | { readonly code: 'rotated'; readonly session: MintedSession }
  | { readonly code: 'ended' }
  | { readonly code: 'refused' }

/**
 * Gives a session a new id (D6). The old one is claimed once; whoever comes with it again within the
 * grace gets the same successor (D9), so that of twenty parallel calls none is lost and none forks.
 */
export async function rotateSession(deps: RotateDeps, request: RotateRequest): Promise<Rotation> {
  const rotation = await deps.platform.transaction((tx) => rotateWithin(deps, tx, request))
  return rotation ?? repeatRotation(deps, request.token)
}

/**
 * The same inside a transaction, for a change that must commit with the new id. Undefined when the id
 * cannot be rotated any more.
 */
export async function rotateWithin(
  deps: RotateDeps,
  tx: PlatformTx,
  request: RotateRequest,
): Promise<Rotation | undefined> {
  const { sessions } = deps
  const now = isoTime(sessions.clock.now())
  const old = await claimRotation(tx, hashToken('session', request.token), now)
  if (old === undefined) return undefined
  const weak = await lacksFactor(deps, tx, { old, request, now })
  if (weak !== undefined) return weak
  const held = openTokens(sessions, old)
  const tokens = await deps.renewTokens(
    tx,
    {
      provider: old.provider,
      identity: old.identity_id,
      authenticatedAt: Date.parse(old.authenticated_at),
    },
    held,
  )
  const target = { type: 'session', id: old.id }
  if (tokens === 'refused') {
    await endSessions(tx, { family: old.family_id }, { now, reason: 'provider_refused' })
    const event = sessionEvents.refresh_failed({
      outcome: 'failed',
      reason: 'provider_refused',
      target,
    })
    await record(tx, request.actor, event)
    return { code: 'refused' }
  }
  const at = Date.parse(now)
  const successor = successorOf(old, { ...request, at }, tokens)
  const session = await continueSession(sessions, tx, successor)
  const sealedToken = seal(successorKey(request.token), successorPlace(old.id), session.token)
  // Not the moment of the claim: a provider may have taken as long to answer as the grace is.
  const linkedAt = isoTime(sessions.clock.now())
  await linkSuccessor(tx, { from: old.id, to: session.id, sealedToken, now: linkedAt })
  await record(tx, request.actor, sessionEvents.rotated({ outcome: 'success', target }))
  return { code: 'rotated', session }
}

/**
 * Asks the gate again: a second factor may be demanded since, of the person's role or where they go.
 * A session that would not begin now does not go on. To enter another tenant is refused, and the
 * session stays as it was.
 * @throws AppError 403 auth.second_factor_needed, and nothing of the transaction stays
 */
async function lacksFactor(
  { sessions }: RotateDeps,
  tx: PlatformTx,
  { old, request, now }: { old: Rotated; request: RotateRequest; now: string },
): Promise<Rotation | undefined> {
  const amr = amrOf(old, request)
  const tenant = request.tenant ?? old.tenant_id
  const proof = { person: old.person_id, tenant, amr, rememberedDevice: undefined }
  const judged = await sessions.secondFactors.judge(tx, proof)
  if (judged.code === 'enough') return undefined
  if (request.tenant !== undefined) throw identityProblems.secondFactorNeeded()
  await endSessions(tx, { family: old.family_id }, { now, reason: 'second_factor_missing' })
  const event = sessionEvents.refresh_failed({
    outcome: 'denied',
    reason: 'second_factor_missing',
    target: { type: 'session', id: old.id },
  })
  await record(tx, request.actor, event)
  return { code: 'refused' }
}

function amrOf(old: Rotated, { proved }: RotateRequest): readonly Amr[] {
  return proved === undefined ? old.amr : [...new Set([...old.amr, ...proved])]
}

/** A provider's word for how strong it was stays its word; ours is for accounts of ours. */
function acrOf(old: Rotated, amr: readonly Amr[]): string | null {
  return old.provider === 'local' && provesTwoFactors(amr) ? 'aal2' : old.acr
}

function successorOf(
  old: Rotated,
  request: RotateRequest & { readonly at: number },
  tokens: ProviderTokens,
) {
  const { proved } = request
  const amr = amrOf(old, request)
  return {
    person: old.person_id,
    tenant: request.tenant ?? old.tenant_id,
    identity: old.identity_id,
    provider: old.provider,
    authenticatedAt: proved === undefined ? Date.parse(old.authenticated_at) : request.at,
    acr: acrOf(old, amr),
    amr,
    kind: old.kind,
    providerSession: old.provider_session_id,
    userAgent: request.userAgent,
    clientAddress: request.actor.clientAddress,
    tokens,
    continues: { family: old.family_id, absoluteExpiresAt: Date.parse(old.absolute_expires_at) },
  }
}

/**
 * The answer of a rotation that was done a moment ago, for whoever holds the old token.
 * @param tenant when given, only of one that led into this tenant
 */
export async function repeatRotation(
  { platform, sessions }: Pick<RotateDeps, 'platform' | 'sessions'>,
  token: string,
  tenant?: Id<'tenant'>,
): Promise<Rotation> {
  const since = isoTime(sessions.clock.now() - ROTATION_GRACE_SECONDS * 1_000)
  const old = await findSuccessor(platform, hashToken('session', token), since)
  if (old === undefined) return { code: 'ended' }
  if (tenant !== undefined && old.successor_tenant !== tenant) return { code: 'ended' }
  const opened = unseal(successorKey(token), successorPlace(old.id), old.successor_sealed)
  if (opened === undefined) return { code: 'ended' }
  return { code: 'rotated', session: { id: old.successor_id, token: opened } }
}

/** Derived from the old token, of which the database has only a hash: a dump opens nothing. */
function successorKey(token: string): KeyObject {
  return deriveKey(new Secret(token), 'session-successor')
}

function successorPlace(id: string): string {
  return `session ${id} successor`
}

function openTokens(sessions: SessionDeps, old: Rotated): ProviderTokens {
  const key = deriveKey(sessions.secret, 'provider-token')
  const open = (kind: 'idToken' | 'refreshToken', sealed: Buffer | null) =>
    sealed === null ? undefined : unseal(key, placeOf({ id: old.id, kind }), sealed)
  return {
    idToken: open('idToken', old.id_token_sealed),
    refreshToken: open('refreshToken', old.refresh_token_sealed),
    scopes: old.scopes,
  }
}
