import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { invitationEvents } from './invitations.events.ts'
import type { InvitationRow } from './invitations.repository.ts'
import { holdOpen, noteSent } from './invitations.repository.ts'
import { limitMails } from './limit-mails.ts'
import type { InviteDeps } from './send-invitation.ts'
import { sendInvitation, untilOf } from './send-invitation.ts'

/** What is sent again, for whom. */
export interface Again {
  readonly actor: Actor
  readonly which: { readonly id: string } | { readonly person: string }
  readonly request: FastifyRequest
}

/**
 * Sends an invitation that waits, late ones too, once more; undefined when there is none.
 * @throws AppError 429 http.rate_limited
 */
export async function sendAgain(
  deps: InviteDeps,
  tx: Tx,
  { actor, which, request }: Again,
): Promise<InvitationRow | undefined> {
  const open = await holdOpen(tx, which)
  if (open === undefined || open.person_id === null) return undefined
  await limitMails(request, tx.tenant, open.email)
  const now = isoTime(deps.clock.now())
  const { id, person_id: person, email } = open
  await sendInvitation(deps, tx, { id, person, email })
  const target = { type: 'invitation', id }
  await record(tx, actor, invitationEvents.sent_again({ outcome: 'success', target }))
  return noteSent(tx, id, { now, expiresAt: untilOf(deps) })
}
