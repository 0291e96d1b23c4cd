import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { SessionKind } from './mint-session.ts'
import type { Amr } from './second-factors.ts'

/** What a rotation takes over from the session that it ends. */
export interface Rotated {
  readonly id: Id<'session'>
  readonly family_id: Id<'session'>
  readonly person_id: Id<'person'>
  readonly tenant_id: Id<'tenant'> | null
  readonly identity_id: Id<'identity'> | null
  readonly provider: string
  readonly authenticated_at: string
  readonly acr: string | null
  readonly amr: readonly Amr[]
  readonly kind: SessionKind
  readonly provider_session_id: string | null
  readonly scopes: readonly string[] | null
  readonly absolute_expires_at: string
  readonly id_token_sealed: Buffer | null
  readonly refresh_token_sealed: Buffer | null
}

/**
 * Claims the one rotation of a session, or answers undefined: it was rotated, has ended, or is not
 * there. Whoever comes at the same moment waits for the claim to commit.
 */
export async function claimRotation(
  tx: PlatformTx,
  idHash: Buffer,
  now: string,
): Promise<Rotated | undefined> {
  // Whoever ends the family takes this lock first: it is over before, or sees the successor.
  await tx.query(
    `select root.id
       from plinth.sessions one join plinth.sessions root on root.id = one.family_id
      where one.id_hash = $1
        for update of root`,
    [idHash],
  )
  return consume<Rotated, 'session_rotations'>(tx, 'session_rotations', { id_hash: idHash }, now)
}

/** A rotated session and its successor, whose token only the holder of the old one can open. */
export interface SuccessorLink {
  readonly from: string
  readonly to: string
  readonly sealedToken: Buffer
  /** When the grace begins, ISO 8601. */
  readonly now: string
}

/** Links a rotated session to its successor. The grace of the old id begins with it. */
export async function linkSuccessor(tx: PlatformTx, link: SuccessorLink): Promise<void> {
  await tx.query(
    `update plinth.sessions
        set successor_id = $2, successor_sealed = $3, rotated_at = $4,
            id_token_sealed = null, refresh_token_sealed = null
      where id = $1`,
    [link.from, link.to, link.sealedToken, link.now],
  )
}

/** The successor of a session that was rotated a moment ago. */
export interface Successor {
  readonly id: Id<'session'>
  readonly successor_id: Id<'session'>
  readonly successor_tenant: Id<'tenant'> | null
  readonly successor_sealed: Buffer
}

/** Finds the successor of a session that was rotated after `since` and has not ended. */
export async function findSuccessor(
  db: PlatformDb,
  idHash: Buffer,
  since: string,
): Promise<Successor | undefined> {
  const { rows } = await db.query<Successor>(
    `select old.id, old.successor_id, old.successor_sealed, next.tenant_id as successor_tenant
       from plinth.sessions old join plinth.sessions next on next.id = old.successor_id
      where old.id_hash = $1 and old.rotated_at > $2 and old.revoked_at is null
        and old.successor_sealed is not null`,
    [idHash, since],
  )
  return rows[0]
}
