import { z } from 'zod'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { peekOneTime, redeemOneTime } from '../one-time/one-time-tokens.ts'
import type { InvitationRow } from './invitations.repository.ts'
import { holdOpen } from './invitations.repository.ts'
import type { JoinedTenant } from './join.repository.ts'
import { openTenant } from './join.repository.ts'

const kept = z.object({ tenant: z.uuid(), invitation: z.uuid() })

/** An invitation that waits, and where it leads. */
export interface OpenInvitation {
  readonly invitation: InvitationRow
  /** The person whom nobody is yet. */
  readonly nobody: Id<'person'>
  readonly tenant: JoinedTenant
}

/**
 * Finds the invitation of a token and uses the token up, or only looks. Undefined for a token that is
 * unknown, late or used, and for an invitation that was revoked or whose tenant is shut.
 */
export async function findInvitation(
  tx: PlatformTx,
  clock: Clock,
  { token, use }: { readonly token: string; readonly use: boolean },
): Promise<OpenInvitation | undefined> {
  const find = use ? redeemOneTime : peekOneTime
  const row = await find(tx, clock, { purpose: 'invitation', token })
  const data = kept.safeParse(row?.data)
  const nobody = row?.person_id
  if (!data.success || !nobody) return undefined
  const tenant = await openTenant(tx, data.data.tenant)
  if (tenant === undefined) return undefined
  const invitation = await tx.inTenant(tenant.id, (inside) =>
    holdOpen(inside, { id: data.data.invitation }),
  )
  if (invitation?.person_id !== nobody) return undefined
  return { invitation, nobody, tenant }
}
