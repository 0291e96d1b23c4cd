import { z } from 'zod'
import type { Actor } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Context } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { deriveKey, hashToken, newId, sameText, unseal } from '../../kernel/index.ts'
import { accountShare } from '../attempts/account-share.ts'
import type { Attempt } from '../attempts/attempt-key.ts'
import type { Identity } from '../identity-deps.ts'
import { peekOneTime, redeemOneTime } from '../one-time/one-time-tokens.ts'
import { putCredential, putName } from '../password/credentials.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { accountProblems } from './account.errors.ts'
import { accountEvents } from './account.events.ts'
import { insertPerson } from './local-person.repository.ts'
import { REGISTRATION_PLACE } from './register.ts'
import { registrationCookie } from './registration-cookie.ts'

const kept = z.object({
  key: z.string(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  sealed: z.string(),
})
const sealedPart = z.object({ hash: z.string(), browser: z.string() })
type Waiting = Omit<z.output<typeof kept>, 'sealed'> & z.output<typeof sealedPart>

type Verifying = Context & {
  readonly body: { readonly token: string; readonly password?: string | undefined }
}

/**
 * Makes the account that somebody asked for, now that they opened what was sent to its address. The
 * same person must have asked: shown by the browser, or by the password that they chose. Else the owner
 * of an address could confirm, without a thought, the account that somebody else made with it.
 * @throws AppError auth.invalid_verification_token, auth.confirm_password, auth.email_taken, auth.other_account
 */
export async function verifyEmail(
  identity: Identity,
  context: Verifying,
): Promise<{ readonly verified_at: string; readonly email: string }> {
  const { actor, body, principal } = context
  if (principal !== undefined) throw accountProblems.otherAccount()
  const waiting = await find(identity, body.token)
  if (waiting === undefined) throw await refused(identity, actor, 'invalid_token')
  if (!(await isSameAsker(identity, context, waiting)))
    throw await refused(identity, actor, 'other_browser')
  const now = isoTime(identity.clock.now())
  const made = await identity.platform
    .transaction((tx) => make(identity, tx, { waiting, token: body.token, actor, now }))
    .catch(orTaken)
  if (made !== 'made') throw await refused(identity, actor, made)
  return { verified_at: now, email: waiting.email }
}

const PROBLEMS = {
  invalid_token: accountProblems.invalidVerification,
  other_browser: accountProblems.confirmPassword,
  email_taken: accountProblems.emailTaken,
}

async function refused({ platform }: Identity, actor: Actor, reason: keyof typeof PROBLEMS) {
  await recordOutside(platform, actor, accountEvents.registered({ outcome: 'failed', reason }))
  return PROBLEMS[reason]()
}

async function find(
  { platform, clock, app }: Identity,
  token: string,
): Promise<Waiting | undefined> {
  const found = await peekOneTime(platform, clock, { purpose: 'registration', token })
  const data = kept.safeParse(found?.data)
  if (!data.success) return undefined
  const { sealed, ...open } = data.data
  const key = deriveKey(app.session_signing_secret, 'account-request')
  const text = unseal(key, REGISTRATION_PLACE, Buffer.from(sealed, 'base64'))
  return text === undefined ? undefined : { ...open, ...sealedPart.parse(JSON.parse(text)) }
}

async function isSameAsker(
  identity: Identity,
  context: Verifying,
  { browser, hash, key }: Waiting,
): Promise<boolean> {
  const cookie = registrationCookie(identity, context)
  const brought = cookie && hashToken('one-time', cookie).toString('base64url')
  if (brought && sameText(brought, browser)) return true
  const { password } = context.body
  if (password === undefined) return false
  const { platform, attempts, passwords } = identity
  const address = context.actor.clientAddress
  const attempt: Attempt = { subject: { name: key }, factor: 'password', address }
  const reserved = await attempts.reserve(platform, attempt, accountShare(context))
  return reserved.code === 'go' && (await passwords.verify(hash, password))
}

/** Takes the person back whose address somebody else has by now. */
class AddressTaken extends Error {}

function orTaken(error: unknown): 'email_taken' {
  if (error instanceof AddressTaken) return 'email_taken'
  throw error
}

interface Making {
  readonly waiting: Waiting
  readonly token: string
  readonly actor: Actor
  readonly now: string
}

async function make(
  { clock, tenancy }: Identity,
  tx: PlatformTx,
  { waiting, token, actor, now }: Making,
): Promise<'made' | 'invalid_token'> {
  const used = await redeemOneTime(tx, clock, { purpose: 'registration', token })
  if (used === undefined) return 'invalid_token'
  const person = newId<'person'>(clock)
  const name = await insertPerson(tx, { ...waiting, person, now })
  const address = { kind: 'email', name: waiting.email, key: waiting.key } as const
  if (!(await putName(tx, person, address))) throw new AddressTaken()
  await putCredential(tx, { person, hash: waiting.hash, now })
  const asPerson: Actor = { ...actor, kind: 'person', person: person as Id<'person'> }
  await tenancy.arrive(tx, { person, name, actor: asPerson })
  const target = { type: 'person', id: person }
  await record(tx, asPerson, accountEvents.registered({ outcome: 'success', target }))
  return 'made'
}
