import type { Actor } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Context } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'
import { peekOneTime, redeemOneTime } from '../one-time/one-time-tokens.ts'
import type { Account } from '../password/credentials.repository.ts'
import { accountOf, holdCredential, putCredential } from '../password/credentials.repository.ts'
import { requireStrong } from '../password/new-password.ts'
import { passwordEvents } from '../password/password.events.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { accountProblems } from './account.errors.ts'
import { confirmAddress } from './account-mail.repository.ts'
import { settleChange } from './change-password.ts'
import { tenantNames } from './tenant-names.repository.ts'

const PURPOSE = 'password-reset'

type Resetting = Context & {
  readonly body: { readonly token: string; readonly new_password: string }
}

/**
 * Sets a new password by the link that was sent. It signs nobody in: the person signs in with it, and
 * with their second factor if they have one (MF-46).
 * @throws AppError auth.invalid_reset_token, auth.no_password, auth.weak_password, auth.other_account
 */
export async function resetPassword(
  identity: Identity,
  context: Resetting,
): Promise<{ readonly reset_at: string }> {
  const { body, actor } = context
  const account = await whose(identity, context)
  const { name, email } = account
  const about = [name, email, ...(await tenantNames(identity.platform, account.person))]
  await requireStrong(identity, { password: body.new_password, about, path: 'body/new_password' })
  const hash = await identity.passwords.hash(body.new_password)
  const now = isoTime(identity.clock.now())
  const done = await identity.platform.transaction((tx) =>
    redeem(identity, tx, { token: body.token, account, hash, now, actor }),
  )
  if (!done) throw await refused(identity, actor, account.person)
  forgetPerson(identity, account.person)
  return { reset_at: now }
}

/** Who a token is for; it is not used up before the new password is found good. */
async function whose(identity: Identity, { body, principal, actor }: Resetting): Promise<Account> {
  const { platform, clock } = identity
  const found = await peekOneTime(platform, clock, { purpose: PURPOSE, token: body.token })
  const person = found?.person_id
  const account = person ? await accountOf(platform, person) : undefined
  if (account?.status !== 'active') throw await refused(identity, actor, person ?? null)
  if (principal !== undefined && principal.person !== person) throw accountProblems.otherAccount()
  if (account.hash === null) throw accountProblems.noPassword()
  return account
}

async function refused({ platform }: Identity, actor: Actor, person: Id<'person'> | null) {
  const target = person === null ? {} : { target: { type: 'person', id: person } }
  const fault = { outcome: 'failed', reason: 'invalid_token', ...target } as const
  await recordOutside(platform, actor, passwordEvents.reset(fault))
  return accountProblems.invalidResetToken()
}

interface Redemption {
  readonly token: string
  readonly account: Account
  readonly hash: string
  readonly now: string
  readonly actor: Actor
}

async function redeem(
  identity: Identity,
  tx: PlatformTx,
  { token, account, hash, now, actor }: Redemption,
): Promise<boolean> {
  const { clock, attempts } = identity
  const { person } = account
  const held = await holdCredential(tx, person)
  const used = await redeemOneTime(tx, clock, { purpose: PURPOSE, token })
  // The password that it was to replace is not there any more.
  if (used === undefined || held === undefined || used.data['version'] !== held.version)
    return false
  await putCredential(tx, { person, hash, now })
  await attempts.clear(tx, person, 'password')
  const sessions = await endSessions(tx, { person }, { now, reason: 'password_changed' })
  await confirmAddress(tx, person, now)
  await settleChange(identity, tx, { account, now, address: actor.clientAddress })
  const event = passwordEvents.reset({
    outcome: 'success',
    target: { type: 'person', id: person },
    data: { sessions },
  })
  await record(tx, actor, event)
  return true
}
