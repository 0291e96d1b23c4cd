import { z } from 'zod'
import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Context, Job } from '../../feature/index.ts'
import { job } from '../../feature/index.ts'
import { deriveKey, hashToken, seal } from '../../kernel/index.ts'
import { accountExists, registrationLink } from '../../notify/index.ts'
import type { Identity } from '../identity-deps.ts'
import { issueOneTime, voidOneTime } from '../one-time/one-time-tokens.ts'
import { addressOf } from '../password/email-field.ts'
import { requireStrong } from '../password/new-password.ts'
import { accountEvents } from './account.events.ts'
import { ownerOfAddress, registrationsOf, sentLately } from './account-mail.repository.ts'
import { linkTo } from './account-pages.ts'
import { openRequest, queueRequest } from './account-requests.ts'
import { keepRegistrationCookie } from './registration-cookie.ts'

const JOB = 'identity.registration'

/** Where the secrets of a registration that waits are sealed to. */
export const REGISTRATION_PLACE = 'registration'

const registration = z.object({
  key: z.string(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  hash: z.string(),
  /** Hash of what the browser keeps that asked. */
  browser: z.string(),
  address: z.string().nullable(),
  request: z.string().nullable(),
})
type Registration = z.output<typeof registration>

type Registering = Context & {
  readonly body: {
    readonly email: string
    readonly password: string
    readonly first_name: string
    readonly last_name: string
  }
}

/** Links to one address in an hour: whoever asks for them keeps its owner out no longer (MF-10). */
const MOST_LINKS = 3

/**
 * Takes down that somebody wants an account. Everybody gets the same answer after the same work:
 * whether there is one already, only a mail to the address says.
 * @throws AppError auth.weak_password
 */
export async function register(
  identity: Identity,
  context: Registering,
): Promise<{ readonly message: string }> {
  const { body, actor } = context
  const { key, name: email } = addressOf(body.email)
  const { first_name: first, last_name: last, password } = body
  await requireStrong(identity, { password, about: [email, first, last], path: 'body/password' })
  const hash = await identity.passwords.hash(password)
  const browser = hashToken('one-time', keepRegistrationCookie(identity, context))
  const value: Registration = {
    key,
    email,
    first_name: first,
    last_name: last,
    hash,
    browser: browser.toString('base64url'),
    address: actor.clientAddress,
    request: actor.requestId,
  }
  await identity.platform.transaction((tx) =>
    queueRequest(tx, identity.app.session_signing_secret, { job: JOB, value }),
  )
  return { message: 'If the address can be used, a link to confirm it has been sent' }
}

/** Sends the link that makes the account, or tells the owner of the address that there is one. */
export function registrationJob(identity: Identity): Job<{ sealed: z.ZodString }> {
  const { session_signing_secret: secret } = identity.app
  return job(JOB, {
    input: { sealed: z.string() },
    personal: true,
    handle: async ({ tx, input }) => {
      const asked = registration.safeParse(openRequest(secret, JOB, input.sealed))
      if (asked.success) await answer(identity, tx, asked.data)
    },
  })
}

async function answer(identity: Identity, tx: Tx, asked: Registration): Promise<void> {
  const actor: Actor = {
    kind: 'anonymous',
    person: null,
    clientAddress: asked.address,
    requestId: asked.request,
  }
  const reason = await sent(identity, tx, asked)
  const outcome =
    reason === undefined ? { outcome: 'success' as const } : { outcome: 'failed' as const, reason }
  await record(tx, actor, accountEvents.registration_asked(outcome))
}

async function sent(identity: Identity, tx: Tx, asked: Registration) {
  const owner = await ownerOfAddress(tx, asked.key)
  if (owner !== undefined) return tellOwner(identity, tx, { ...owner, email: asked.email })
  if ((await registrationsOf(tx, identity.clock, asked.key)) >= MOST_LINKS) return 'too_many'
  await sendLink(identity, tx, asked)
  return undefined
}

type Owner = NonNullable<Awaited<ReturnType<typeof ownerOfAddress>>>

async function tellOwner(
  identity: Identity,
  tx: Tx,
  { person, name, email }: Owner & { readonly email: string },
): Promise<'exists' | 'too_many'> {
  const { clock, notify, app, accounts } = identity
  const which = { purpose: 'registration', person } as const
  if ((await sentLately(tx, clock, which)) >= MOST_LINKS) return 'too_many'
  // Keeps count of what was sent; the token goes nowhere.
  await issueOneTime(tx, clock, { ...which, ttlSeconds: accounts.verification_hours * 3_600 })
  await voidOneTime(tx, clock, which)
  await notify.mail(tx, accountExists, { name, address: email }, { name, baseUrl: app.base_url })
  return 'exists'
}

async function sendLink(identity: Identity, tx: Tx, asked: Registration): Promise<void> {
  const { clock, app, accounts, notify } = identity
  const { key, email, first_name: first, last_name: last, hash, browser } = asked
  const secret = deriveKey(app.session_signing_secret, 'account-request')
  const sealed = seal(secret, REGISTRATION_PLACE, JSON.stringify({ hash, browser }))
  const hours = accounts.verification_hours
  const token = await issueOneTime(tx, clock, {
    purpose: 'registration',
    data: { key, email, first_name: first, last_name: last, sealed: sealed.toString('base64') },
    ttlSeconds: hours * 3_600,
  })
  const name = `${first} ${last}`.trim()
  const link = linkTo(app.base_url, 'verifyEmail', token)
  const data = { name, baseUrl: app.base_url, link, hours }
  await notify.mail(tx, registrationLink, { name, address: email }, data)
}
