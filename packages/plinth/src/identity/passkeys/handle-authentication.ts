import type { InPersonAccess } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { Context, ContextFor } from '../../feature/index.ts'
import { csrfOfSession } from '../account/csrf-of-session.ts'
import type { Entered } from '../enter.ts'
import { enter } from '../enter.ts'
import type { Identity } from '../identity-deps.ts'
import { sessionOf } from '../mfa/handle-own-factors.ts'
import { browserOf, setChallengeCookie, setSessionCookie } from '../own-cookies.ts'
import { ownReturnTo } from '../own-return-to.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { holders } from './challenge.ts'
import type { AssertionAnswer } from './passkey-answers.ts'
import { heldBrowser, holdBrowser } from './passkey-cookie.ts'
import type { RequestOptions } from './passkey-options.ts'
import type { PasskeyRouteDeps } from './passkey-route-deps.ts'
import { passkeyProblems } from './passkeys.errors.ts'
import { passkeyEvents } from './passkeys.events.ts'
import type { PasskeyOwnerRow } from './passkeys.repository.ts'
import { findOwner } from './passkeys.repository.ts'
import type { ProvenPasskey } from './prove-passkey.ts'

/** Asks a browser for any passkey that it has of this service. */
export function handleAsk(
  { identity, passkeys }: PasskeyRouteDeps,
  context: Context,
): Promise<RequestOptions> {
  const cookie = holdBrowser(identity, context, passkeys.settings.challenge_seconds)
  const holder = holders.browser(cookie)
  return passkeys.ask(identity.platform, { use: 'sign_in', holder })
}

/** Asks the caller's browser for one of the caller's passkeys. */
export async function handleAskAgain(
  { identity, passkeys }: PasskeyRouteDeps,
  context: ContextFor<InPersonAccess>,
): Promise<RequestOptions> {
  const { person } = context.principal
  if ((await passkeys.count(identity.platform, person)) === 0) throw passkeyProblems.none()
  const holder = holders.session(sessionOf(identity, context).session)
  return passkeys.ask(identity.platform, { use: 'step_up', person, holder })
}

type SignInContext = Context & {
  readonly body: { readonly response: AssertionAnswer; readonly return_to?: string | undefined }
}

/**
 * Signs in whoever the passkey stands for. Why it did not is in the audit log; the caller learns one
 * sentence, whether the passkey is unknown, wrong, or of somebody who may not sign in.
 */
export async function handleSignIn(deps: PasskeyRouteDeps, context: SignInContext) {
  const { identity, passkeys } = deps
  const { body, actor } = context
  const cookie = heldBrowser(identity, context)
  const holder = holders.browser(cookie ?? '')
  const proven = await passkeys.prove({ use: 'sign_in', holder, answer: body.response, actor })
  if (proven.code === 'refused') throw passkeyProblems.refused({ reason: proven.reason })
  const entered = await letIn(identity, context, proven)
  if (entered.code === 'person_disabled') throw passkeyProblems.refused({ reason: entered.code })
  return answer(identity, context, { entered, returnTo: ownReturnTo(identity, body.return_to) })
}

type Proven = Extract<ProvenPasskey, { readonly code: 'proven' }>
type LetIn = (Entered & { readonly owner: PasskeyOwnerRow }) | { readonly code: 'person_disabled' }

async function letIn(identity: Identity, context: Context, proven: Proven): Promise<LetIn> {
  const { actor } = context
  const entered = await identity.platform.transaction(async (tx): Promise<LetIn> => {
    const owner = await findOwner(tx, proven.person)
    if (owner?.status !== 'active') return { code: 'person_disabled' }
    const { person, name } = owner
    const tenant = await identity.tenancy.arrive(tx, {
      person,
      name,
      actor: { ...actor, kind: 'person', person },
    })
    const entered = await enter(identity.enter, tx, {
      person,
      tenant,
      name,
      email: owner.email,
      isNewPerson: false,
      identity: null,
      provider: 'local',
      kind: 'browser',
      amr: ['hwk'],
      authenticatedAt: identity.clock.now(),
      acr: 'aal2',
      providerSession: null,
      tokens: { idToken: undefined, refreshToken: undefined, scopes: null },
      actor,
      browser: browserOf(identity, context),
    })
    return { ...entered, owner }
  })
  if (entered.code === 'person_disabled') {
    const target = { type: 'passkey', id: proven.passkey }
    const event = passkeyEvents.used({ outcome: 'denied', reason: 'person_disabled', target })
    await recordOutside(identity.platform, actor, event)
  }
  return entered
}

interface Arrived {
  readonly entered: Exclude<LetIn, { readonly code: 'person_disabled' }>
  readonly returnTo: string
}

function answer(identity: Identity, context: Context, { entered, returnTo }: Arrived) {
  if (entered.code !== 'signed_in') {
    const { challenge } = entered
    setChallengeCookie(identity, context, challenge)
    return {
      message: 'A second factor is needed',
      mfa_required: true,
      mfa_token: challenge.token,
      mfa_methods: [...challenge.methods],
      mfa_enrolment_required: entered.code === 'mfa_enrolment_required',
      csrf_token: null,
      return_to: returnTo,
    }
  }
  const { session, owner } = entered
  setSessionCookie(identity, context, session)
  forgetPerson(identity, owner.person)
  const csrf = csrfOfSession(identity, session.id)
  return { message: 'Signed in', ...NO_FACTOR, csrf_token: csrf, return_to: returnTo }
}

const NO_FACTOR = {
  mfa_required: false,
  mfa_token: null,
  mfa_methods: [],
  mfa_enrolment_required: false,
}
