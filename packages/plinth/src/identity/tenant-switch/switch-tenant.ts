import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Standing, TenantName } from '../../tenancy/index.ts'
import { findStanding, tenancyEvents } from '../../tenancy/index.ts'
import type { IdentityHooks } from '../hooks.ts'
import type { MintedSession, SessionDeps } from '../sessions/mint-session.ts'
import type { RotateRequest } from '../sessions/rotate-session.ts'
import { keepTokens, repeatRotation, rotateWithin } from '../sessions/rotate-session.ts'

/** What switching needs. */
export interface SwitchDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
  readonly hooks?: Pick<IdentityHooks, 'maySwitch'> | undefined
}

/** Whose session is to work in which tenant. */
export interface SwitchRequest extends Omit<RotateRequest, 'tenant'> {
  readonly person: Id<'person'>
  readonly to: TenantName
}

/** A session that works in the tenant, or why there is none. `not_live`: it has ended, or went elsewhere. */
export type Switched =
  | { readonly code: 'switched'; readonly session: MintedSession; readonly standing: Standing }
  | { readonly code: 'unknown' }
  /** The service does not want it. */
  | { readonly code: 'refused' }
  | { readonly code: 'not_live' }

/**
 * Lets a session work in another tenant of its person. What it may do changes, so its id does: the
 * membership, the new id and the audit row commit together. Whoever repeats it with the old id within
 * the grace gets the same answer, and with another tenant none (D9).
 */
export async function switchTenant(deps: SwitchDeps, request: SwitchRequest): Promise<Switched> {
  const { platform, sessions } = deps
  return platform.transaction(async (tx) => {
    const standing = await findStanding(tx, request.person, request.to)
    if (standing === undefined) return { code: 'unknown' }
    const { tenant } = standing
    const switching = { person: request.person, to: tenant }
    if ((await deps.hooks?.maySwitch?.(switching)) === false) return { code: 'refused' }
    const rotateDeps = { platform, sessions, renewTokens: keepTokens }
    const done = await rotateWithin(rotateDeps, tx, { ...request, tenant })
    if (done?.code === 'rotated') await noteEntry(tx, request, { tenant, session: done.session })
    const rotation =
      done ?? (await repeatRotation({ platform: tx, sessions }, request.token, tenant))
    if (rotation.code !== 'rotated') return { code: 'not_live' }
    return { code: 'switched', session: rotation.session, standing }
  })
}

/** In the tenant that was entered; the one that was left is none of its business. */
async function noteEntry(
  tx: PlatformTx,
  { actor }: SwitchRequest,
  entry: { readonly tenant: Id<'tenant'>; readonly session: MintedSession },
): Promise<void> {
  const target = { type: 'session', id: entry.session.id }
  const event = tenancyEvents.entered({ outcome: 'success', target })
  await tx.inTenant(entry.tenant, (inside) => record(inside, actor, event))
}
