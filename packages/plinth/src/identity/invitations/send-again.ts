import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { invitationEvents } from './invitations.events.ts'
import type { InvitationRow } from './invitations.repository.ts'
import { holdOpen, noteSent } from './invitations.repository.ts'
import type { InviteDeps } from './send-invitation.ts'
import { sendInvitation, untilOf } from './send-invitation.ts'

/** Sends an invitation that waits, late ones too, once more; undefined when there is none. */
export async function sendAgain(
  deps: InviteDeps,
  tx: Tx,
  {
    actor,
    which,
  }: {
    readonly actor: Actor
    readonly which: { readonly id: string } | { readonly person: string }
  },
): Promise<InvitationRow | undefined> {
  const open = await holdOpen(tx, which)
  if (open === undefined || open.person_id === null) return undefined
  const now = isoTime(deps.clock.now())
  const { id, person_id: person, email } = open
  await sendInvitation(deps, tx, { id, person, email })
  const target = { type: 'invitation', id }
  await record(tx, actor, invitationEvents.sent_again({ outcome: 'success', target }))
  return noteSent(tx, id, { now, expiresAt: untilOf(deps) })
}
