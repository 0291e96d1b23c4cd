import { recordOutside } from '../../audit/index.ts'
import type { Context } from '../../feature/index.ts'
import type { Identity } from '../identity-deps.ts'
import { challengeCookie } from '../own-cookies.ts'
import { holders } from '../passkeys/challenge.ts'
import type { CreationOptions, RequestOptions } from '../passkeys/passkey-options.ts'
import { preparedAnswer, refuseSending } from './answers-of.ts'
import type { ChallengeRow } from './challenges.repository.ts'
import { findChallenge } from './challenges.repository.ts'
import type { MethodKind } from './factors.repository.ts'
import { hasFactor, usableMethods } from './factors.repository.ts'
import { mfaProblems } from './mfa.errors.ts'
import { mfaEvents } from './mfa.events.ts'
import type { WaitingSignIn } from './mfa-challenges.ts'
import { offered, openWaiting, shownToken } from './mfa-challenges.ts'
import { maskedAddress } from './phone-country.ts'
import type { WantedCode } from './request-code.ts'
import { requestCode } from './request-code.ts'
import { setUpMethod } from './set-up-method.ts'

type TokenContext = Context & { readonly body: { readonly mfa_token?: string | undefined } }

interface Waiting {
  readonly token: string
  readonly row: ChallengeRow
  readonly waiting: WaitingSignIn
}

/**
 * The sign-in that a token stands for; looking at it counts no try.
 * @throws AppError 401 mfa.invalid_token
 */
async function waitingSignIn(identity: Identity, context: TokenContext): Promise<Waiting> {
  const token = context.body.mfa_token ?? challengeCookie(identity, context) ?? ''
  const shown = shownToken(identity, token, context.request.headers['user-agent'])
  const row = await findChallenge(identity.platform, shown)
  const waiting = row && openWaiting(identity.mint.secret, row)
  if (row === undefined || waiting === undefined) throw await refused(identity, context, row)
  return { token, row, waiting }
}

/**
 * The same, where it waits for the person's first factor.
 * @throws AppError 401 mfa.invalid_token
 */
async function waitingEnrolment(identity: Identity, context: TokenContext): Promise<Waiting> {
  const found = await waitingSignIn(identity, context)
  const { wants, person_id: person } = found.row
  const isOpen = wants === 'enrolment' && !(await hasFactor(identity.platform, person))
  if (!isOpen) throw await refused(identity, context, found.row)
  return found
}

/** Tokens are not guessed quietly here either; how many one address can try, the class sign-in bounds. */
async function refused(
  { platform }: Identity,
  { actor, request }: Context,
  row: ChallengeRow | undefined,
) {
  const target = row === undefined ? {} : { target: { type: 'person', id: row.person_id } }
  const data = { route: request.routeOptions.url ?? '' }
  const fault = { outcome: 'failed', reason: 'challenge_void', data, ...target } as const
  await recordOutside(platform, actor, mfaEvents.challenge_refused(fault))
  return mfaProblems.invalidToken()
}

/** Shows what a sign-in waits for. */
export async function handleChallenge(identity: Identity, context: TokenContext) {
  const { row, waiting } = await waitingSignIn(identity, context)
  const { platform, factors } = identity
  const [ways, own] = await platform.transaction(async (tx) => [
    await offered(factors.offers, tx, { waiting, wants: row.wants }),
    await usableMethods(tx, row.person_id),
  ])
  const methods = ways.map((kind) => {
    const method = row.wants === 'factor' ? own.find((one) => one.kind === kind) : undefined
    const address = method?.address ?? null
    return { kind, id: method?.id ?? null, sent_to: address && maskedAddress(address) }
  })
  const remembers_days = waiting.kind === 'browser' ? factors.settings.remember_days : 0
  return { wants: row.wants, methods, remembers_days, expires_at: row.expires_at }
}

type SendContext = Context & {
  readonly body: {
    readonly mfa_token?: string | undefined
    readonly method_id: string
    readonly for?: 'sign_in' | 'session' | undefined
  }
}

/** Sends a code, for a sign-in that waits, or for the session of whoever asks. */
export async function handleSendCode(identity: Identity, context: SendContext) {
  const { body, actor, reply } = context
  const asks = await whoAsks(identity, context)
  const sent = await requestCode(identity, { ...asks, method: body.method_id, actor })
  if (sent.code === 'unknown') throw mfaProblems.unknownMethod()
  if (sent.code === 'too_many') return refuseSending(reply, sent.retryAfterSeconds)
  return { sent_to: sent.sentTo, expires_in_seconds: sent.expiresInSeconds }
}

async function whoAsks(
  identity: Identity,
  context: SendContext,
): Promise<Omit<WantedCode, 'method' | 'actor'>> {
  const { principal, body } = context
  const session = principal?.credential.session
  // Somebody who is signed in may sign in once more: then the browser has a session, and a sign-in.
  const isForSignIn = body.for === 'sign_in' || body.mfa_token !== undefined
  if (principal !== undefined && session !== undefined && !isForSignIn) {
    return { person: principal.person, scope: { session }, shown: [] }
  }
  const { row, waiting } = await waitingSignIn(identity, context)
  if (row.wants !== 'factor') throw mfaProblems.unknownMethod()
  return { person: row.person_id, scope: { challenge: row.id }, shown: waiting.amr }
}

/** Asks the browser for one of the passkeys of the person who signs in. */
export async function handlePasskeyOptions(
  identity: Identity,
  context: TokenContext,
): Promise<RequestOptions> {
  const { token, row } = await waitingSignIn(identity, context)
  const { webauthn, platform } = identity
  if (webauthn === undefined || row.wants !== 'factor') throw mfaProblems.notOffered()
  const holder = holders.waitingSignIn(token)
  return platform.transaction((tx) =>
    webauthn.ask(tx, { use: 'second_factor', person: row.person_id, holder }),
  )
}

/** Asks the browser of somebody who signs in for their first passkey. */
export async function handleNewPasskeyOptions(
  identity: Identity,
  context: TokenContext,
): Promise<CreationOptions> {
  const { token, waiting } = await waitingEnrolment(identity, context)
  const { webauthn, platform } = identity
  if (webauthn === undefined) throw mfaProblems.notOffered()
  const { person, name, email } = waiting
  const holder = holders.waitingSignIn(token)
  return platform.transaction((tx) => webauthn.askForNew(tx, { person, name, email }, holder))
}

type EnrolContext = Context & {
  readonly body: {
    readonly mfa_token?: string | undefined
    readonly kind: MethodKind
    readonly label?: string | undefined
    readonly phone?: string | undefined
  }
}

/** Sets up the factor that a sign-in waits for. */
export async function handleEnrolment(identity: Identity, context: EnrolContext) {
  const { body, actor, reply } = context
  const { row } = await waitingEnrolment(identity, context)
  const { kind, label, phone } = body
  const place = { person: row.person_id, challenge: row.id }
  return preparedAnswer(
    reply,
    kind,
    await setUpMethod(identity, { ...place, kind, label, phone, actor }),
  )
}
