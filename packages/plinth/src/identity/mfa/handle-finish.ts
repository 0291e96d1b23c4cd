import type { Context } from '../../feature/index.ts'
import { csrfOfSession } from '../account/csrf-of-session.ts'
import { accountShare } from '../attempts/account-share.ts'
import type { Identity } from '../identity-deps.ts'
import {
  browserOf,
  challengeCookie,
  clearChallengeCookie,
  rememberedCookieName,
  setSessionCookie,
} from '../own-cookies.ts'
import { ownReturnTo } from '../own-return-to.ts'
import type { AssertionAnswer, RegistrationAnswer } from '../passkeys/passkey-answers.ts'
import { setCookie } from '../sessions/cookie.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import type { RefreshIn } from '../token-api/token-api.ts'
import type { Answered, FactorProof } from './answer-challenge.ts'
import { answerChallenge } from './answer-challenge.ts'
import { refuseLocked } from './answers-of.ts'
import { mfaProblems } from './mfa.errors.ts'

interface ProofBody {
  readonly code?: string | undefined
  readonly method_id?: string | undefined
  readonly passkey?: AssertionAnswer | undefined
  readonly new_passkey?: RegistrationAnswer | undefined
}

type WebMfaContext = Context & {
  readonly body: ProofBody & {
    readonly mfa_token?: string | undefined
    readonly remember_device: boolean
    readonly return_to?: string | undefined
  }
}

/** Finishes the sign-in of a browser. */
export async function handleWebMfa(identity: Identity, context: WebMfaContext) {
  const { body, actor } = context
  const done = await answerChallenge(
    identity,
    {
      token: body.mfa_token ?? challengeCookie(identity, context) ?? '',
      kind: 'browser',
      proof: proofOf(body),
      remember: body.remember_device,
      actor,
      share: accountShare(context),
      browser: browserOf(identity, context),
    },
    async () => undefined,
  )
  if (done.code !== 'signed_in') return refuse(context, done)
  const { session, person, device } = done
  setSessionCookie(identity, context, session)
  clearChallengeCookie(identity, context)
  if (device !== undefined) keepDevice(identity, context, device)
  forgetPerson(identity, person)
  return {
    message: 'Signed in',
    mfa_required: false as const,
    mfa_token: null,
    csrf_token: csrfOfSession(identity, session.id),
    return_to: ownReturnTo(identity, body.return_to),
    ...(done.recoveryCodes && { recovery_codes: [...done.recoveryCodes] }),
  }
}

type VerifyContext = Context & {
  readonly body: ProofBody & {
    readonly mfa_token: string
    readonly refresh_token_in: RefreshIn
  }
}

/** Finishes the sign-in of a client with tokens. */
export async function handleVerify(identity: Identity, context: VerifyContext) {
  const { body, actor, reply, request } = context
  const { 'user-agent': userAgent } = request.headers
  const done = await answerChallenge(
    identity,
    {
      token: body.mfa_token,
      kind: 'token',
      proof: proofOf(body),
      remember: false,
      actor,
      share: accountShare(context),
      browser: { userAgent, formerToken: undefined, rememberedDevice: undefined },
    },
    (tx, { id }) => identity.tokenApi.begin(tx, id),
  )
  if (done.code !== 'signed_in') return refuse(context, done)
  const answer = await identity.tokenApi.answer(reply, done.more, body.refresh_token_in)
  return {
    ...answer,
    mfa_required: false as const,
    mfa_token: null,
    ...(done.recoveryCodes && { recovery_codes: [...done.recoveryCodes] }),
  }
}

function proofOf({ code, method_id: method, passkey, new_passkey }: ProofBody): FactorProof {
  if (new_passkey !== undefined) return { newPasskey: new_passkey }
  return passkey === undefined ? { code: code ?? '', method } : { passkey }
}

function refuse({ reply }: Context, refused: Exclude<Answered, { code: 'signed_in' }>): never {
  switch (refused.code) {
    case 'invalid_token':
      throw mfaProblems.invalidToken()
    case 'wrong_code':
      throw mfaProblems.invalidCode()
    case 'unknown_method':
      throw mfaProblems.unknownMethod()
    case 'locked':
      return refuseLocked(reply, refused.retryAfterSeconds)
  }
}

const DAY_SECONDS = 86_400

function keepDevice(identity: Identity, { reply }: Context, value: string): void {
  const maxAgeSeconds = identity.mfa.remember_days * DAY_SECONDS
  const cookie = { name: rememberedCookieName(identity), value, maxAgeSeconds }
  reply.header('set-cookie', setCookie(identity.cookie, cookie))
}
