import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import { accountShare } from '../attempts/account-share.ts'
import type { Identity } from '../identity-deps.ts'
import { holders } from '../passkeys/challenge.ts'
import type { AssertionAnswer } from '../passkeys/passkey-answers.ts'
import { provePassword } from '../password/prove-password.ts'
import type { Amr } from '../sessions/second-factors.ts'
import { refuseLocked } from './answers-of.ts'
import { checkCode } from './check-code.ts'
import type { FactorUse } from './count-try.ts'
import { countTry, recordFault } from './count-try.ts'
import { hasFactor } from './factors.repository.ts'
import type { InPersonContext } from './handle-own-factors.ts'
import { giveRaised, sessionOf } from './handle-own-factors.ts'
import { mfaProblems } from './mfa.errors.ts'
import type { FactorFault } from './mfa.events.ts'
import { mfaEvents } from './mfa.events.ts'
import { raiseSession } from './raise-session.ts'
import { STEP_UP } from './require-factor.ts'
import { tellOfRecoveryCode } from './tell-person.ts'

type StepUpContext = InPersonContext & {
  readonly body: {
    readonly password?: string | undefined
    readonly code?: string | undefined
    readonly method_id?: string | undefined
    readonly passkey?: AssertionAnswer | undefined
  }
}

const use: FactorUse = 'step_up'

/** Takes one more proof of whoever is signed in. */
export async function handleStepUp(identity: Identity, context: StepUpContext) {
  const { body } = context
  const session =
    body.password !== undefined
      ? await byPassword(identity, context, body.password)
      : body.passkey !== undefined
        ? await byPasskey(identity, context, body.passkey)
        : await byCode(identity, context, body.code ?? '')
  return { message: 'Confirmed', csrf_token: giveRaised(identity, context, session) }
}

/** For people without a second factor only: a stolen password must not stand in for one (MF-19). */
async function byPassword(identity: Identity, context: StepUpContext, password: string) {
  const { principal, actor } = context
  const { person } = principal
  if (await hasFactor(identity.platform, person)) {
    const details = [{ path: 'session', message: STEP_UP, code: 'second_factor' }]
    throw mfaProblems.stepUpNeeded({ details })
  }
  const proven = await provePassword(identity, {
    of: { person },
    password,
    actor,
    share: accountShare(context),
  })
  if (proven.code === 'refused') {
    if (proven.reason === 'unknown_name') throw mfaProblems.nothingToProve()
    await fail(identity, context, 'wrong_password')
    throw mfaProblems.invalidPassword()
  }
  return identity.platform.transaction(async (tx) => {
    await identity.attempts.succeeded(tx, proven.attempt)
    return raise(identity, tx, context, 'pwd')
  })
}

async function byPasskey(identity: Identity, context: StepUpContext, answer: AssertionAnswer) {
  const { principal, actor } = context
  const { webauthn } = identity
  if (webauthn === undefined) throw mfaProblems.nothingToProve()
  const { person, credential } = principal
  const holder = holders.session(credential.session ?? credential.id)
  const claim = { use: 'step_up', person, holder, answer, actor } as const
  if ((await webauthn.prove(claim)).code === 'refused') {
    await fail(identity, context, 'passkey_refused')
    throw mfaProblems.invalidCode()
  }
  return identity.platform.transaction((tx) => raise(identity, tx, context, 'hwk'))
}

async function byCode(identity: Identity, context: StepUpContext, code: string) {
  const { principal, actor, reply, body } = context
  const { person } = principal
  const counted = await countTry(identity, person, { actor, use, share: accountShare(context) })
  if (counted.code === 'locked') return refuseLocked(reply, counted.retryAfterSeconds)
  const { session } = sessionOf(identity, context)
  const typed = { person, code, method: body.method_id, scope: { session } }
  const raised = await identity.platform.transaction(async (tx) => {
    const right = await checkCode(identity, tx, typed)
    if (right === undefined) return 'wrong_code'
    await identity.attempts.succeeded(tx, counted.attempt)
    if (right.amr === 'recovery') await tellOfRecoveryCode(identity, tx, person)
    return raise(identity, tx, context, right.amr)
  })
  if (raised !== 'wrong_code') return raised
  await fail(identity, context, 'wrong_code')
  throw mfaProblems.invalidCode()
}

async function raise(identity: Identity, tx: PlatformTx, context: StepUpContext, amr: Amr) {
  const { principal, actor } = context
  const raised = { ...sessionOf(identity, context), amr: [amr], actor }
  const session = await raiseSession(identity, tx, raised)
  const target = { type: 'person', id: principal.person }
  await record(tx, actor, mfaEvents.proved({ outcome: 'success', target, data: { amr, use } }))
  return session
}

function fail(
  identity: Identity,
  { principal, actor }: { readonly principal: InPersonContext['principal']; readonly actor: Actor },
  reason: FactorFault,
): Promise<void> {
  return recordFault(identity, principal.person, { actor, use, reason })
}
