import type { InPersonAccess } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { csrfOfSession } from '../account/csrf-of-session.ts'
import { accountShare } from '../attempts/account-share.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { askerOf } from '../linking/asker.ts'
import { setSessionCookie } from '../own-cookies.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import { preparedAnswer, refuseLocked } from './answers-of.ts'
import { confirmMethod } from './confirm-method.ts'
import { countTry, recordFault } from './count-try.ts'
import { isDemandedAnywhere } from './demand.ts'
import type { MethodKind } from './factors.repository.ts'
import { countFactors, hasFactor, shownMethods } from './factors.repository.ts'
import { mfaProblems } from './mfa.errors.ts'
import { mfaEvents } from './mfa.events.ts'
import { maskedAddress } from './phone-country.ts'
import { raiseSession } from './raise-session.ts'
import { renewRecoveryCodes } from './recovery-codes.repository.ts'
import { forgetDevices, shownDevices } from './remembered-devices.repository.ts'
import { removeMethod } from './remove-method.ts'
import { requireFactor } from './require-factor.ts'
import { setUpMethod } from './set-up-method.ts'
import { tellPerson } from './tell-person.ts'

/** The context of a route for a person who signed in themselves. */
export type InPersonContext = ContextFor<InPersonAccess>

/** Shows what a person has. */
export async function handleList({ platform, clock, factors }: Identity, context: InPersonContext) {
  const { person } = context.principal
  return platform.transaction(async (tx) => {
    const { passkeys, recovery_codes } = await countFactors(tx, person)
    const methods = await shownMethods(tx, person)
    return {
      methods: methods.map(({ address, ...one }) => ({
        ...one,
        sent_to: address && maskedAddress(address),
      })),
      passkeys,
      recovery_codes_left: recovery_codes,
      remembered_devices: [...(await shownDevices(tx, person, isoTime(clock.now())))],
      offered: [...(await factors.offers.toSetUp(tx, person))],
      required: await isDemandedAnywhere(factors.settings, tx, person),
    }
  })
}

type SetUpContext = InPersonContext & {
  readonly body: {
    readonly person_id?: string | undefined
    readonly kind: MethodKind
    readonly label?: string | undefined
    readonly phone?: string | undefined
  }
}

/** Prepares a factor for whoever asks. */
export async function handleSetUp(identity: Identity, context: SetUpContext) {
  const { principal, body, actor, reply } = context
  const { person_id: named, kind, label, phone } = body
  const { person } = principal
  if (named !== undefined && named !== person) throw mfaProblems.otherPerson()
  await requireFactor(identity.platform, principal)
  const wanted = { person, challenge: null, kind, label, phone, actor }
  return preparedAnswer(reply, kind, await setUpMethod(identity, wanted))
}

type ConfirmContext = InPersonContext & {
  readonly body: {
    readonly method_id: string
    readonly code: string
    readonly replaces?: string | undefined
  }
}

/** Confirms a factor; the session that did it has shown the factor from now on. */
export async function handleConfirm(identity: Identity, context: ConfirmContext) {
  const { principal, body, actor, reply } = context
  const { person } = principal
  await requireFactor(identity.platform, principal)
  const use = 'set_up'
  const counted = await countTry(identity, person, { actor, use, share: accountShare(context) })
  if (counted.code === 'locked') return refuseLocked(reply, counted.retryAfterSeconds)
  const holder = sessionOf(identity, context)
  const { method_id: method, code, replaces } = body
  const done = await identity.platform.transaction(async (tx) => {
    const place = { person, challenge: null }
    const confirmed = await confirmMethod(identity, tx, { ...place, method, code, replaces, actor })
    if (confirmed.code !== 'enabled') return confirmed
    await identity.attempts.succeeded(tx, counted.attempt)
    const { amr, recoveryCodes } = confirmed
    const session = await raiseSession(identity, tx, { ...holder, amr: [amr], actor })
    return { code: 'done', session, recoveryCodes } as const
  })
  if (done.code === 'unknown') throw mfaProblems.unknownMethod()
  if (done.code === 'wrong_code') {
    await recordFault(identity, person, { actor, use, reason: 'wrong_code' })
    throw mfaProblems.invalidCode()
  }
  return {
    confirmed_at: isoTime(identity.clock.now()),
    ...(done.recoveryCodes && { recovery_codes: [...done.recoveryCodes] }),
    csrf_token: giveRaised(identity, context, done.session),
  }
}

/** Removes a factor of whoever asks. */
export async function handleRemove(
  identity: Identity,
  context: InPersonContext & { readonly params: { readonly id: string } },
) {
  const { principal, actor, params } = context
  await requireFactor(identity.platform, principal)
  const { person } = principal
  const family = await familyOf(identity, context)
  const { removedAt, sessions } = await removeMethod(identity, {
    person,
    method: params.id,
    family,
    actor,
  })
  forgetPerson(identity, person)
  return { removed_at: removedAt, revoked_count: sessions }
}

/** Gives whoever asks new recovery codes. */
export async function handleRenewCodes(identity: Identity, context: InPersonContext) {
  const { platform, clock } = identity
  const { principal, actor } = context
  await requireFactor(platform, principal)
  const { person } = principal
  const codes = await platform.transaction(async (tx) => {
    if (!(await hasFactor(tx, person))) throw mfaProblems.unknownMethod()
    await tellPerson(identity, tx, person, 'New recovery codes were made for your account')
    const target = { type: 'person', id: person }
    await record(tx, actor, mfaEvents.recovery_codes_renewed({ outcome: 'success', target }))
    return renewRecoveryCodes(tx, clock, person)
  })
  return { recovery_codes: [...codes] }
}

/** Forgets browsers that need no second factor. */
export async function handleForget(
  { platform }: Identity,
  { principal, actor }: InPersonContext,
  device: string | undefined,
) {
  const { person } = principal
  const devices = await platform.transaction(async (tx) => {
    const forgotten = await forgetDevices(tx, person, device)
    if (device !== undefined && forgotten === 0) throw mfaProblems.unknownDevice()
    const target = { type: 'person', id: person }
    const data = { devices: forgotten }
    await record(tx, actor, mfaEvents.devices_forgotten({ outcome: 'success', target, data }))
    return forgotten
  })
  return { forgotten_count: devices }
}

/**
 * The session of whoever asks, and what a browser holds of it.
 * @throws AppError auth.invalid_session
 */
export function sessionOf(identity: Identity, context: InPersonContext) {
  const { session, kind } = context.principal.credential
  if (session === undefined) throw identityProblems.invalidSession()
  return { session, browser: kind === 'cookie' ? askerOf(identity, context) : undefined }
}

/**
 * The family of the session of whoever asks: what stays when all others end.
 * @throws AppError auth.invalid_session
 */
export async function familyOf(
  { platform }: Identity,
  { principal }: InPersonContext,
): Promise<string> {
  const { rows } = await platform.query<{ family: Id<'session'> }>(
    'select family_id as family from plinth.sessions where id = $1 and revoked_at is null',
    [principal.credential.session],
  )
  const [row] = rows
  if (row === undefined) throw identityProblems.invalidSession()
  return row.family
}

/** Hands a browser the new id of its session; answers the CSRF token that goes with it. */
export function giveRaised(
  identity: Identity,
  context: InPersonContext,
  session: MintedSession | undefined,
): string | null {
  const { person } = context.principal
  forgetPerson(identity, person)
  if (session === undefined) return null
  setSessionCookie(identity, context, session)
  return csrfOfSession(identity, session.id)
}
