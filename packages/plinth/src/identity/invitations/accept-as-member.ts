import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { holdMembers } from '../../tenancy/index.ts'
import type { Identity } from '../identity-deps.ts'
import { hasAddress } from '../linking/identities.repository.ts'
import { peopleProblems } from '../people/people.errors.ts'
import { peopleDeps } from '../people/people-deps.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import { keepTokens, rotateWithin } from '../sessions/rotate-session.ts'
import { invitationProblems } from './invitations.errors.ts'
import { invitationEvents } from './invitations.events.ts'
import { closeInvitation, noteAccepted, removeInvited } from './invitations.repository.ts'
import type { JoinedTenant } from './join.repository.ts'
import { handOver, standingHere } from './join.repository.ts'
import type { IntoTenant } from './recording-refusals.ts'
import type { OpenInvitation } from './redeem-invitation.ts'
import { findInvitation } from './redeem-invitation.ts'

/** Somebody who is signed in and accepts. */
export interface SignedInAcceptance {
  readonly token: string
  readonly person: Id<'person'>
  readonly actor: Actor
  readonly into: IntoTenant
  /** The browser's session, which goes on in the tenant; undefined for a client with tokens. */
  readonly session: { readonly token: string; readonly userAgent: string | undefined } | undefined
}

/** What comes of it. */
export interface AcceptedAsMember {
  readonly tenant: JoinedTenant
  /** The session under its new id, in the tenant; undefined where it stays as it was. */
  readonly session: MintedSession | undefined
}

/**
 * Accepts an invitation for the person who is signed in: only with a verified address that is the
 * invitation's (MF-48). The token is used up, the membership and the new id of the session commit
 * together; of twenty at once one gets it.
 * @throws AppError invitation.invalid, invitation.other_address, people.refused
 */
export async function acceptAsMember(
  identity: Identity,
  acceptance: SignedInAcceptance,
): Promise<AcceptedAsMember> {
  const { platform, clock } = identity
  const { token, into } = acceptance
  return platform.transaction(async (tx) => {
    const open = await findInvitation(tx, clock, { token, use: true })
    if (open === undefined) throw invitationProblems.invalid()
    into(open.tenant.id)
    await requireMayJoin(identity, tx, { open, acceptance })
    await tx.inTenant(open.tenant.id, (inside) => join(identity, inside, { open, acceptance }))
    return { tenant: open.tenant, session: await rotated(identity, tx, { open, acceptance }) }
  })
}

interface Accepting {
  readonly open: OpenInvitation
  readonly acceptance: SignedInAcceptance
}

/** @throws AppError when the address is another one, or the service does not want it */
async function requireMayJoin(
  { hooks }: Identity,
  tx: PlatformTx,
  { open, acceptance: { person } }: Accepting,
): Promise<void> {
  const { email } = open.invitation
  if (!(await hasAddress(tx, person, email))) throw invitationProblems.otherAddress()
  const joining = { tenant: open.tenant.id, person, email, isNewPerson: false }
  if ((await hooks?.mayJoin?.(joining)) === false) throw peopleProblems.refusedByHook()
}

async function join(identity: Identity, tx: Tx, { open, acceptance }: Accepting): Promise<void> {
  const { invitation, nobody } = open
  const { person, actor } = acceptance
  await holdMembers(tx)
  const standing = await standingHere(tx, person)
  if (standing !== undefined && standing.status !== 'active') throw peopleProblems.refusedByHook()
  if (standing === undefined) await handOver(tx, { from: nobody, to: person })
  else await peopleDeps(identity).personProfile?.remove(tx, nobody)
  await closeInvitation(tx, invitation.id, { as: 'accepted', now: isoTime(identity.clock.now()) })
  await noteAccepted(tx, invitation.id, person)
  await removeInvited(tx, nobody)
  const target = { type: 'invitation', id: invitation.id }
  const data = { new_account: false, was_member: standing !== undefined }
  await record(tx, actor, invitationEvents.accepted({ outcome: 'success', target, data }))
}

/** What the session may do changes, so its id does. */
async function rotated(
  { platform, mint, hooks }: Identity,
  tx: PlatformTx,
  { open, acceptance: { session, actor, person } }: Accepting,
): Promise<MintedSession | undefined> {
  if (session === undefined) return undefined
  // They belong there now; whether this session goes there is asked like any switch.
  const switching = { person, to: open.tenant.id }
  if ((await hooks?.maySwitch?.(switching)) === false) return undefined
  const deps = { platform, sessions: mint, renewTokens: keepTokens }
  const done = await rotateWithin(deps, tx, { ...session, actor, tenant: open.tenant.id })
  return done?.code === 'rotated' ? done.session : undefined
}
