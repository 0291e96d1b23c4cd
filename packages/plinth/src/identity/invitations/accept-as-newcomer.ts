import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Browser, Entered } from '../enter.ts'
import { enter } from '../enter.ts'
import type { Identity } from '../identity-deps.ts'
import { putCredential, putName } from '../password/credentials.repository.ts'
import { requireStrong } from '../password/new-password.ts'
import { emailName } from '../password/sign-in-name.ts'
import { peopleProblems } from '../people/people.errors.ts'
import type { ProfileChange } from '../people/person-fields.ts'
import { changeProfile, fullName, keepOwnNames, readProfile } from '../people/profile.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { invitationProblems } from './invitations.errors.ts'
import { invitationEvents } from './invitations.events.ts'
import { closeInvitation } from './invitations.repository.ts'
import type { JoinedTenant } from './join.repository.ts'
import { arriveHere, giveAddress, isSomebodys } from './join.repository.ts'
import type { IntoTenant } from './recording-refusals.ts'
import type { OpenInvitation } from './redeem-invitation.ts'
import { findInvitation } from './redeem-invitation.ts'

/** Somebody without an account who accepts and makes one. */
export interface NewAcceptance {
  readonly token: string
  readonly password: string
  readonly profile: ProfileChange
  readonly actor: Actor
  readonly into: IntoTenant
  readonly browser: Browser
}

/** What comes of it. */
export interface AcceptedAsNewcomer {
  readonly tenant: JoinedTenant
  readonly entered: Entered
}

/**
 * Accepts an invitation with a new account: whoever holds the token was sent it to the address, so
 * that is proved. The person whom the tenant had prepared becomes theirs, and they are let in like
 * after any sign-in.
 * @throws AppError invitation.invalid, invitation.sign_in_first, invitation.no_accounts,
 *   auth.weak_password, people.refused
 */
export async function acceptAsNewcomer(
  identity: Identity,
  acceptance: NewAcceptance,
): Promise<AcceptedAsNewcomer> {
  const { platform, clock } = identity
  const { token, password } = acceptance
  if (identity.accounts.registration === 'off') throw invitationProblems.noAccounts()
  // Before the work of hashing: a token that is worth nothing costs nothing.
  const seen = await platform.transaction((tx) => findInvitation(tx, clock, { token, use: false }))
  if (seen === undefined) throw invitationProblems.invalid()
  acceptance.into(seen.tenant.id)
  const { first_name: first = null, last_name: last = null } = acceptance.profile
  const about = [seen.invitation.email, first, last, seen.tenant.name]
  await requireStrong(identity, { password, about, path: 'body/password' })
  const hash = await identity.passwords.hash(password)
  return platform.transaction(async (tx) => {
    const open = await findInvitation(tx, clock, { token, use: true })
    if (open === undefined) throw invitationProblems.invalid()
    await becomeSomebody(identity, tx, { open, acceptance, hash })
    const entered = await letIn(identity, tx, { open, acceptance })
    return { tenant: open.tenant, entered }
  })
}

interface Accepting {
  readonly open: OpenInvitation
  readonly acceptance: NewAcceptance
}

async function becomeSomebody(
  { hooks, clock }: Identity,
  tx: PlatformTx,
  { open, acceptance, hash }: Accepting & { readonly hash: string },
): Promise<void> {
  const { nobody: person, invitation, tenant } = open
  const { email } = invitation
  const name = emailName(email)
  const now = isoTime(clock.now())
  if (name === undefined) throw invitationProblems.invalid()
  const joining = { tenant: tenant.id, person, email, isNewPerson: true }
  if ((await hooks?.mayJoin?.(joining)) === false) throw peopleProblems.refusedByHook()
  const taken = await isSomebodys(tx, { email, except: person })
  // The unique name decides between two at once.
  if (taken || !(await putName(tx, person, name))) throw invitationProblems.signInFirst()
  await giveAddress(tx, person, { email, now })
  await changeProfile(tx, person, { change: await called(tx, person, acceptance), now })
  await keepOwnNames(tx, person, acceptance.profile)
  await putCredential(tx, { person, hash, now })
  await tx.inTenant(tenant.id, async (inside) => {
    await arriveHere(inside, person)
    await closeInvitation(inside, invitation.id, { as: 'accepted', now })
    const target = { type: 'invitation', id: invitation.id }
    const data = { new_account: true, was_member: false }
    const actor: Actor = { ...acceptance.actor, kind: 'person', person }
    await record(inside, actor, invitationEvents.accepted({ outcome: 'success', target, data }))
  })
}

/** Of somebody whose name nobody knew it was made of the address: their own takes its place. */
async function called(
  tx: PlatformTx,
  person: string,
  { profile }: NewAcceptance,
): Promise<ProfileChange> {
  const held = await readProfile(tx, person)
  if (held === undefined || fullName(held) !== '') return profile
  const { first_name = '', last_name = '' } = profile
  const name = fullName({ first_name, last_name })
  return name === '' ? profile : { ...profile, display_name: name }
}

async function letIn(
  identity: Identity,
  tx: PlatformTx,
  { open, acceptance }: Accepting,
): Promise<Entered> {
  const { rows } = await tx.query<{ name: string }>(
    'select name from plinth.people where id = $1',
    [open.nobody],
  )
  const switching = { person: open.nobody, to: open.tenant.id }
  const enters = (await identity.hooks?.maySwitch?.(switching)) ?? true
  return enter(identity.enter, tx, {
    person: open.nobody,
    name: rows[0]?.name ?? '',
    email: open.invitation.email,
    isNewPerson: true,
    tenant: enters ? open.tenant.id : null,
    identity: null,
    provider: 'local',
    kind: 'browser',
    amr: ['pwd'],
    authenticatedAt: identity.clock.now(),
    acr: 'aal1',
    providerSession: null,
    tokens: { idToken: undefined, refreshToken: undefined, scopes: null },
    actor: acceptance.actor,
    browser: acceptance.browser,
  })
}
