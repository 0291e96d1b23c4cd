import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Notify } from '../../notify/index.ts'
import { refreshTokenReused } from '../../notify/index.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { SecondFactors } from '../sessions/second-factors.ts'
import { ROTATION_GRACE_SECONDS } from '../sessions/session.ts'
import type { GivenToken, RefreshTokenDeps } from './refresh-token.ts'
import { hashRefreshToken, openSuccessor, succeedRefreshToken } from './refresh-token.ts'
import type { HeldToken, TokenSession } from './refresh-tokens.repository.ts'
import { holdFamily, useRefreshToken } from './refresh-tokens.repository.ts'
import type { RefreshFault } from './token-api.events.ts'
import { tokenEvents } from './token-api.events.ts'

/** What refreshing needs. */
export interface RefreshDeps extends RefreshTokenDeps {
  readonly platform: PlatformDb
  readonly notify: Pick<Notify, 'mail'>
  /** The gate that the sign-in passed; it may demand more since. */
  readonly secondFactors: SecondFactors
  /** `app.base_url`, for the notice. */
  readonly baseUrl: string
}

/** A token that came, and how. */
export interface RefreshRequest {
  readonly token: string
  /** Whether the browser that brought it in a cookie shows the CSRF token of its sign-in. */
  readonly mayUse: (session: TokenSession) => boolean
  readonly actor: Actor
}

/** How a refresh ended. */
export type Refreshed =
  | ({ readonly code: 'refreshed' } & GivenToken)
  | { readonly code: 'reused'; readonly person: string }
  | { readonly code: RefreshFault; readonly person?: string }

/**
 * Takes a refresh token and gives its successor (RFC 9700 4.14). It is used once: whoever comes with
 * it again within the grace gets the same successor (D9), and whoever comes later ends the sign-in,
 * with any token that it ever had. Everything is decided while the family is held, so that nothing
 * happens between looking and deciding.
 */
export async function refreshTokens(
  deps: RefreshDeps,
  request: RefreshRequest,
): Promise<Refreshed> {
  return deps.platform.transaction(async (tx) => {
    const held = await holdFamily(tx, hashRefreshToken(request.token))
    if (held === undefined) return { code: 'unknown' }
    if (!request.mayUse(held)) return { code: 'csrf' }
    const fault = faultOf(held, deps.clock.now())
    if (fault !== undefined) return { code: fault, person: held.person_id }
    const now = isoTime(deps.clock.now())
    const used = await useRefreshToken(tx, hashRefreshToken(request.token), now)
    if (!used && held.used_at === null) return { code: 'expired' }
    if (!used && !isInGrace(held, deps.clock.now())) return endReused(deps, tx, held, request)
    const ended = await outgrown(deps, tx, held)
    if (ended !== undefined) return endOutgrown(tx, held, { now, reason: ended })
    return used ? succeed(deps, tx, held, request) : repeat(held, request)
  })
}

function faultOf(held: HeldToken, nowMs: number): RefreshFault | undefined {
  if (held.revoked_at !== null || held.person_status !== 'active') return 'ended'
  return nowMs >= Date.parse(held.absolute_expires_at) ? 'expired' : undefined
}

/** Also when a clock was set back: that must not lengthen the grace. */
function isInGrace({ used_at: usedAt }: HeldToken, nowMs: number): boolean {
  if (usedAt === null) return false
  return Math.abs(nowMs - Date.parse(usedAt)) < ROTATION_GRACE_SECONDS * 1_000
}

async function succeed(
  deps: RefreshDeps,
  tx: PlatformTx,
  held: HeldToken,
  { token, actor }: RefreshRequest,
): Promise<Refreshed> {
  const { clientAddress } = actor
  const refreshToken = await succeedRefreshToken(deps, tx, { ...held, token, clientAddress })
  await record(tx, by(actor, held), tokenEvents.token_refreshed(about(held, 'success')))
  return { code: 'refreshed', refreshToken, session: held }
}

/** The same answer once more; nothing changes, and no second line of successors begins. */
function repeat(held: HeldToken, { token }: RefreshRequest): Refreshed {
  const refreshToken = openSuccessor(held, token)
  if (refreshToken === undefined) return { code: 'ended', person: held.person_id }
  return { code: 'refreshed', refreshToken, session: held }
}

/**
 * What a sign-in does not go on past: a change of what its person may do, and a second factor that it
 * would be asked for now (MF-11).
 */
async function outgrown(
  { secondFactors }: RefreshDeps,
  tx: PlatformTx,
  { person_id: person, tenant_id: tenant, amr, standing_changed: changed }: HeldToken,
): Promise<Outgrown | undefined> {
  if (changed) return 'standing_changed'
  const proof = { person, tenant, amr, rememberedDevice: undefined }
  const { code } = await secondFactors.judge(tx, proof)
  return code === 'enough' ? undefined : 'second_factor_missing'
}

type Outgrown = 'standing_changed' | 'second_factor_missing'

/** Its person signs in anew, to what they may do now and with what is asked for now. */
async function endOutgrown(
  tx: PlatformTx,
  { session: family, person_id: person }: HeldToken,
  end: { readonly now: string; readonly reason: Outgrown },
): Promise<Refreshed> {
  await endSessions(tx, { family }, end)
  return { code: end.reason, person }
}

/** Losing a sign-in beats keeping a thief's: which of the two has the good token cannot be known. */
async function endReused(
  { clock, notify, baseUrl }: RefreshDeps,
  tx: PlatformTx,
  held: HeldToken,
  { actor }: RefreshRequest,
): Promise<Refreshed> {
  const now = isoTime(clock.now())
  await endSessions(tx, { family: held.session }, { now, reason: 'refresh_token_replayed' })
  const event = tokenEvents.token_reuse({
    ...about(held, 'denied'),
    reason: 'refresh_token_replayed',
  })
  await record(tx, by(actor, held), event)
  const { name, email: address } = held
  if (address !== null) {
    const data = { name, when: now, address: actor.clientAddress ?? 'unknown', baseUrl }
    await notify.mail(tx, refreshTokenReused, { name, address }, data)
  }
  return { code: 'reused', person: held.person_id }
}

function about<O extends string>(held: HeldToken, outcome: O) {
  return { outcome, target: { type: 'session', id: held.session } } as const
}

/** Whoever brings a token acts as the one it was given to; who it really is, the address may tell. */
function by(actor: Actor, { person_id: person }: HeldToken): Actor {
  return { ...actor, kind: 'person', person }
}
