import { z } from 'zod'
import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Job } from '../../feature/index.ts'
import { job } from '../../feature/index.ts'
import { noPassword, passwordResetLink } from '../../notify/index.ts'
import type { Identity } from '../identity-deps.ts'
import { issueOneTime, voidOneTime } from '../one-time/one-time-tokens.ts'
import type { Account } from '../password/credentials.repository.ts'
import { accountNamed } from '../password/credentials.repository.ts'
import { passwordEvents } from '../password/password.events.ts'
import { emailToWriteTo, sentLately } from './account-mail.repository.ts'
import { linkTo } from './account-pages.ts'
import { openRequest } from './account-requests.ts'

const JOB = 'identity.password_reset'
const asked = z.object({
  key: z.string(),
  address: z.string().nullable(),
  request: z.string().nullable(),
})

/** Links that may be under way to one person; those before the last are void already. */
const MOST_LINKS = 5

/** Sends the link by which somebody sets a new password: to whom we know, and to nobody else. */
export function resetRequestJob(identity: Identity): Job<{ sealed: z.ZodString }> {
  const { session_signing_secret: secret } = identity.app
  return job(JOB, {
    input: { sealed: z.string() },
    personal: true,
    handle: async ({ tx, input }) => {
      const request = asked.safeParse(openRequest(secret, JOB, input.sealed))
      if (request.success) await answer(identity, tx, request.data)
    },
  })
}

async function answer(identity: Identity, tx: Tx, request: z.output<typeof asked>): Promise<void> {
  const actor: Actor = {
    kind: 'anonymous',
    person: null,
    clientAddress: request.address,
    requestId: request.request,
  }
  const account = await accountNamed(tx, request.key)
  const reason = await whyNot(identity, tx, account)
  const target = account && { target: { type: 'person', id: account.person } }
  if (account === undefined || reason !== undefined) {
    const failed = { outcome: 'failed', reason: reason ?? 'unknown_name', ...target } as const
    await record(tx, actor, passwordEvents.reset_requested(failed))
    return
  }
  await send(identity, tx, account)
  await record(tx, actor, passwordEvents.reset_requested({ outcome: 'success', ...target }))
}

async function whyNot({ clock }: Identity, tx: Tx, account: Account | undefined) {
  if (account === undefined) return 'unknown_name'
  if (account.status !== 'active') return 'person_disabled'
  const sent = await sentLately(tx, clock, { purpose: 'password-reset', person: account.person })
  return sent >= MOST_LINKS ? 'too_many' : undefined
}

async function send(identity: Identity, tx: Tx, account: Account): Promise<void> {
  const { clock, notify, app, accounts } = identity
  const { person, name } = account
  const address = await emailToWriteTo(tx, person)
  if (address === undefined) return
  const to = { name, address }
  const token = await newResetToken(identity, tx, account)
  if (account.hash === null) {
    // The count of what was sent stays; the token itself goes nowhere.
    await voidOneTime(tx, clock, { purpose: 'password-reset', person })
    await notify.mail(tx, noPassword, to, { name, baseUrl: app.base_url })
    return
  }
  const link = linkTo(app.base_url, 'resetPassword', token)
  const data = { name, baseUrl: app.base_url, link, minutes: accounts.reset_minutes }
  await notify.mail(tx, passwordResetLink, to, data)
}

/**
 * Makes a token that sets a new password in place of the one there is now (MF-43). Those before it
 * are void.
 */
async function newResetToken(
  { clock, accounts }: Identity,
  tx: Tx,
  { person, version }: Pick<Account, 'person' | 'version'>,
): Promise<string> {
  await voidOneTime(tx, clock, { purpose: 'password-reset', person })
  return issueOneTime(tx, clock, {
    purpose: 'password-reset',
    person,
    data: { version },
    ttlSeconds: accounts.reset_minutes * 60,
  })
}
