import type { InPersonAccess } from '../../access/index.ts'
import { stepUpFault } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import { epochSeconds } from '../../kernel/index.ts'
import { passwordChanged } from '../../notify/index.ts'
import { accountShare } from '../attempts/account-share.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { liveSession, renewId } from '../linking/accept-link.ts'
import { askerOf, giveSession } from '../linking/asker.ts'
import { requireFactor } from '../mfa/require-factor.ts'
import { voidOneTime } from '../one-time/one-time-tokens.ts'
import type { Account } from '../password/credentials.repository.ts'
import {
  accountOf,
  holdCredential,
  putCredential,
  putName,
} from '../password/credentials.repository.ts'
import { requireStrong } from '../password/new-password.ts'
import { passwordEvents } from '../password/password.events.ts'
import type { ProvenPassword } from '../password/prove-password.ts'
import { provePassword } from '../password/prove-password.ts'
import { emailName } from '../password/sign-in-name.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import { accountProblems } from './account.errors.ts'
import { tenantNames } from './tenant-names.repository.ts'

type Changing = ContextFor<InPersonAccess> & {
  readonly body: { readonly current_password?: string | undefined; readonly new_password: string }
}

/** What a change answers. */
export interface ChangedPassword {
  readonly changed_at: string
  /** Of the session's new id; null for a client with tokens, which signs in again. */
  readonly csrf_token: string | null
}

/** Seconds after a sign-in in which somebody without a password may give themselves one (ASVS 7.5.1). */
const stepUp = { maxAgeSeconds: 900 }

/**
 * Gives the person who asks another password, or their first one. Whoever has one shows it; everybody
 * else has just signed in. All sessions end but this browser's, which gets a new id (MF-50).
 * @throws AppError auth.wrong_password, auth.same_password, auth.weak_password, auth.no_sign_in_name, mfa.step_up_needed
 */
export async function changePassword(
  identity: Identity,
  context: Changing,
): Promise<ChangedPassword> {
  const { principal, body } = context
  const account = await accountOf(identity.platform, principal.person)
  if (account === undefined) throw identityProblems.invalidSession()
  if (account.hash === null) await demandRecent(identity, context)
  else await proveCurrent(identity, context)
  const { name, email } = account
  await requireStrong(identity, {
    password: body.new_password,
    about: [name, email, ...(await tenantNames(identity.platform, principal.person))],
    path: 'body/new_password',
  })
  const hash = await identity.passwords.hash(body.new_password)
  const now = isoTime(identity.clock.now())
  const session = await identity.platform.transaction((tx) =>
    replace(identity, tx, { context, account, hash, now }),
  )
  forgetPerson(identity, principal.person)
  const csrf = session === undefined ? null : giveSession(identity, context, session)
  return { changed_at: now, csrf_token: csrf }
}

async function demandRecent({ clock, platform }: Identity, { principal }: Changing): Promise<void> {
  await requireFactor(platform, principal)
  if (stepUpFault(principal.credential, stepUp, epochSeconds(clock)) === undefined) return
  const message = `/auth/web/login?max_age=${stepUp.maxAgeSeconds}`
  throw identityProblems.signInAgain({
    details: [{ path: 'session', message, code: 'sign_in_again' }],
  })
}

async function proveCurrent(identity: Identity, context: Changing): Promise<void> {
  const { principal, body, actor } = context
  const { current_password: current = '', new_password: next } = body
  const { person } = principal
  const proven = await provePassword(identity, {
    of: { person },
    password: current,
    actor,
    share: accountShare(context),
  })
  if (proven.code === 'refused') {
    await refuse(identity, { actor, person, reason: faultOf(proven) })
    throw accountProblems.wrongPassword()
  }
  await identity.platform.transaction((tx) => identity.attempts.succeeded(tx, proven.attempt))
  if (current !== next) return
  await refuse(identity, { actor, person, reason: 'same_password' })
  throw accountProblems.samePassword()
}

function faultOf({ reason }: Extract<ProvenPassword, { code: 'refused' }>) {
  return reason === 'locked' ? 'locked' : 'wrong_password'
}

async function refuse(
  { platform }: Identity,
  refusal: Pick<Changing, 'actor'> & {
    readonly person: string
    readonly reason: 'wrong_password' | 'locked' | 'same_password'
  },
): Promise<void> {
  const { actor, person, reason } = refusal
  const target = { type: 'person', id: person }
  await recordOutside(
    platform,
    actor,
    passwordEvents.changed({ outcome: 'denied', reason, target }),
  )
}

interface Replacement {
  readonly context: Changing
  readonly account: Account
  readonly hash: string
  readonly now: string
}

async function replace(
  identity: Identity,
  tx: PlatformTx,
  { context, account, hash, now }: Replacement,
): Promise<MintedSession | undefined> {
  const { person } = account
  const held = await holdCredential(tx, person)
  // Another change was faster: what was proved is a password of before.
  if (held?.version !== (account.version ?? undefined)) throw accountProblems.wrongPassword()
  if (held === undefined) await nameFor(tx, account)
  await putCredential(tx, { person, hash, now })
  const session = await endOthers(identity, tx, context, now)
  await settleChange(identity, tx, { account, now, address: context.actor.clientAddress })
  const target = { type: 'person', id: person }
  await record(tx, context.actor, passwordEvents.changed({ outcome: 'success', target }))
  return session
}

/** A first password goes with the confirmed address, unless there is a user name. */
async function nameFor(
  tx: PlatformTx,
  { person, email, email_verified: verified }: Account,
): Promise<void> {
  const name = email !== null && verified ? emailName(email) : undefined
  const named = name !== undefined && (await putName(tx, person, name))
  if (named) return
  const { rowCount } = await tx.query('select from plinth.sign_in_names where person_id = $1', [
    person,
  ])
  if (rowCount === 0) throw accountProblems.noSignInName()
}

async function endOthers(
  identity: Identity,
  tx: PlatformTx,
  context: Changing,
  now: string,
): Promise<MintedSession | undefined> {
  const { principal, actor } = context
  const { person } = principal
  const end = { now, reason: 'password_changed' } as const
  if (principal.credential.kind !== 'cookie') {
    await endSessions(tx, { person }, end)
    return undefined
  }
  const asker = askerOf(identity, context)
  const { family } = await liveSession(tx, asker, now)
  await endSessions(tx, { person, except: family }, end)
  return renewId(identity, tx, { ...asker, actor })
}

/**
 * What follows from every new password: links that rest on the old one are void, and the person is
 * told (MF-46). Sign-ins that wait for a second factor and browsers that are remembered name the
 * password that they began with, and so end by themselves (MF-13, MF-33).
 */
export async function settleChange(
  { clock, notify, app }: Identity,
  tx: PlatformTx,
  change: { readonly account: Account; readonly now: string; readonly address: string | null },
): Promise<void> {
  const { account, now, address } = change
  const { person, name, email, email_verified: verified } = account
  for (const purpose of ['password-reset', 'email-change'] as const) {
    await voidOneTime(tx, clock, { purpose, person })
  }
  if (email === null || !verified) return
  const data = { name, when: now, address: address ?? 'unknown', baseUrl: app.base_url }
  await notify.mail(tx, passwordChanged, { name, address: email }, data)
}
