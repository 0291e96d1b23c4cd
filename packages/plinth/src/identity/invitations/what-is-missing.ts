import type { PlatformTx } from '../../data/index.ts'
import type { AppError } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'
import { invitationProblems } from './invitations.errors.ts'
import { isSomebodys } from './join.repository.ts'
import type { IntoTenant } from './recording-refusals.ts'
import type { OpenInvitation } from './redeem-invitation.ts'
import { findInvitation } from './redeem-invitation.ts'

/** Whether the address has an account to sign in with, or one is made. */
export async function needsOf(
  { accounts }: Identity,
  tx: PlatformTx,
  { invitation, nobody }: OpenInvitation,
): Promise<'sign_in' | 'account'> {
  if (accounts.registration === 'off') return 'sign_in'
  const taken = await isSomebodys(tx, { email: invitation.email, except: nobody })
  return taken ? 'sign_in' : 'account'
}

/** What to tell somebody who brings the token of an invitation and nothing else. */
export function whatIsMissing(
  identity: Identity,
  { token, into }: { readonly token: string; readonly into: IntoTenant },
): Promise<AppError> {
  const { platform, clock } = identity
  return platform.transaction(async (tx) => {
    const found = await findInvitation(tx, clock, { token, use: false })
    if (found === undefined) return invitationProblems.invalid()
    into(found.tenant.id)
    return (await needsOf(identity, tx, found)) === 'account'
      ? invitationProblems.passwordNeeded()
      : invitationProblems.signInFirst()
  })
}
