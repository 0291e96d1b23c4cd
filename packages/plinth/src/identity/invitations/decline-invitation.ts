import type { Actor } from '../../access/index.ts'
import { holdMembers } from '../../tenancy/index.ts'
import type { Identity } from '../identity-deps.ts'
import { peopleDeps } from '../people/people-deps.ts'
import { withdraw } from '../people/remove-person.ts'
import { invitationProblems } from './invitations.errors.ts'
import { findInvitation } from './redeem-invitation.ts'

/**
 * Says no to an invitation, for good: whoever holds its token was sent it, signed in or not. The token
 * is used up, the person whom the tenant had prepared goes, and the tenant sees who did not want to.
 * @throws AppError invitation.invalid
 */
export async function declineInvitation(
  identity: Identity,
  { token, actor }: { readonly token: string; readonly actor: Actor },
): Promise<void> {
  const { platform, clock } = identity
  await platform.transaction(async (tx) => {
    const open = await findInvitation(tx, clock, { token, use: true })
    if (open === undefined) throw invitationProblems.invalid()
    const { nobody, tenant } = open
    await tx.inTenant(tenant.id, async (inside) => {
      await holdMembers(inside)
      await peopleDeps(identity).personProfile?.remove(inside, nobody)
      await withdraw(inside, { clock, actor, person: nobody, as: 'declined' })
    })
  })
}
