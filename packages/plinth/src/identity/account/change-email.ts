import { z } from 'zod'
import type { InPersonAccess } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { emailChangeLink } from '../../notify/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { requireFactor } from '../mfa/require-factor.ts'
import {
  issueOneTime,
  peekOneTime,
  redeemOneTime,
  voidOneTime,
} from '../one-time/one-time-tokens.ts'
import { accountOf } from '../password/credentials.repository.ts'
import { addressOf } from '../password/email-field.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { accountProblems } from './account.errors.ts'
import { accountEvents } from './account.events.ts'
import { sentLately } from './account-mail.repository.ts'
import { linkTo } from './account-pages.ts'
import { setAddress } from './set-address.ts'

const PURPOSE = 'email-change'
/** Links that may be under way to one person; those before the last are void already. */
const MOST_LINKS = 5
const change = z.object({ key: z.string(), email: z.string() })

type Asking = ContextFor<InPersonAccess> & { readonly body: { readonly email: string } }

/**
 * Sends a link to the new address. Until it is opened nothing changes.
 * @throws AppError mfa.step_up_needed
 */
export async function askForChange(
  identity: Identity,
  { principal, body, actor }: Asking,
): Promise<{ readonly message: string }> {
  const { clock, platform, notify, app, accounts } = identity
  const { person, name } = principal
  const { key, name: email } = addressOf(body.email)
  const hours = accounts.verification_hours
  await requireFactor(platform, principal)
  await platform.transaction(async (tx) => {
    const which = { purpose: PURPOSE, person } as const
    const isSent = (await sentLately(tx, clock, which)) < MOST_LINKS
    if (!isSent) return
    await voidOneTime(tx, clock, which)
    const data = { key, email }
    const token = await issueOneTime(tx, clock, { ...which, data, ttlSeconds: hours * 3_600 })
    const link = linkTo(app.base_url, 'emailChange', token)
    const facts = { name, baseUrl: app.base_url, link, hours }
    await notify.mail(tx, emailChangeLink, { name, address: email }, facts)
    const target = { type: 'person', id: person }
    await record(tx, actor, accountEvents.email_change_asked({ outcome: 'success', target }))
  })
  return { message: 'A link to confirm it has been sent to the new address' }
}

type Confirming = ContextFor<InPersonAccess> & { readonly body: { readonly token: string } }

/**
 * Makes the new address the one of the account: for the person who asked, signed in, and for nobody
 * else who opens the link (MF-47).
 * @throws AppError auth.invalid_verification_token, auth.other_account, auth.email_taken
 */
export async function confirmChange(
  identity: Identity,
  context: Confirming,
): Promise<{ readonly changed_at: string; readonly email: string }> {
  const { principal, body } = context
  const { person } = principal
  const { platform, clock } = identity
  const found = await peekOneTime(platform, clock, { purpose: PURPOSE, token: body.token })
  if (found === undefined) throw await refused(identity, context, 'invalid_token')
  if (found.person_id !== person) throw await refused(identity, context, 'other_account')
  const now = isoTime(clock.now())
  const outcome = await platform.transaction((tx) => settle(identity, tx, { context, person, now }))
  if (typeof outcome === 'string') throw await refused(identity, context, outcome)
  forgetPerson(identity, person)
  return { changed_at: now, email: outcome.email }
}

const PROBLEMS = {
  invalid_token: accountProblems.invalidVerification,
  other_account: accountProblems.otherAccount,
  email_taken: accountProblems.emailTaken,
}

async function refused(
  { platform }: Identity,
  { actor, principal }: Confirming,
  reason: keyof typeof PROBLEMS,
) {
  const target = { type: 'person', id: principal.person }
  const event = accountEvents.email_changed({ outcome: 'denied', reason, target })
  await recordOutside(platform, actor, event)
  return PROBLEMS[reason]()
}

interface Settling {
  readonly context: Confirming
  readonly person: Id<'person'>
  readonly now: string
}

async function settle(
  identity: Identity,
  tx: PlatformTx,
  { context, person, now }: Settling,
): Promise<{ readonly email: string } | 'invalid_token' | 'email_taken'> {
  const { clock, notify, app } = identity
  const { token } = context.body
  const used = await redeemOneTime(tx, clock, { purpose: PURPOSE, token })
  if (used === undefined) return 'invalid_token'
  const { key, email } = change.parse(used.data)
  const account = await accountOf(tx, person)
  if (account === undefined) throw identityProblems.invalidSession()
  const address = { kind: 'email', name: email, key } as const
  const deps = { clock, notify, baseUrl: app.base_url }
  if (!(await setAddress(deps, tx, { account, address, now }))) return 'email_taken'
  const target = { type: 'person', id: person }
  await record(tx, context.actor, accountEvents.email_changed({ outcome: 'success', target }))
  return { email }
}
