import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import type { Context } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { accountShare } from '../attempts/account-share.ts'
import type { Identity } from '../identity-deps.ts'
import { browserOf, setChallengeCookie, setSessionCookie } from '../own-cookies.ts'
import { ownReturnTo } from '../own-return-to.ts'
import { signInWithPassword } from '../password/sign-in-with-password.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { accountProblems } from './account.errors.ts'
import { passwordField, SMALL_BODY_BYTES } from './account-fields.ts'
import { csrfOfSession } from './csrf-of-session.ts'
import { deviceCookie, setDeviceCookie } from './device-cookie.ts'

const body = z.strictObject({
  username: z.string().min(1).max(254).describe('User name or e-mail address.'),
  password: passwordField,
  return_to: z.string().optional().describe('Page to go to afterwards.'),
})
const returns = z.object({
  message: z.string(),
  mfa_required: z.boolean(),
  mfa_token: z.string().nullable().describe('What to bring with the second factor.'),
  mfa_methods: z.array(z.string()).describe('Kinds of second factors that would do.'),
  mfa_enrolment_required: z
    .boolean()
    .describe('Whether a second factor is demanded that the person does not have yet.'),
  csrf_token: z.string().nullable(),
  return_to: z.string(),
})
const { invalidCredentials, passwordResetRequired, busy } = accountProblems

/** `POST /auth/web/login` (D22): a browser signs in with a password and gets a session. */
export function passwordSignInRoutes(identity: Identity): readonly RouteOptions[] {
  return [
    route('POST /auth/web/login', {
      access: open('somebody signs in with a password'),
      tenant: 'none',
      ownSitesOnly: true,
      limit: 'sign_in',
      bodyLimitBytes: SMALL_BODY_BYTES,
      summary: 'Signs in with a name and a password: the browser gets a session.',
      body,
      returns,
      raises: [invalidCredentials, passwordResetRequired, busy],
      handle: (context) => handleSignIn(identity, context),
    }),
  ]
}

async function handleSignIn(
  identity: Identity,
  context: Context & { readonly body: z.output<typeof body> },
): Promise<z.input<typeof returns>> {
  const { actor } = context
  const { username, password, return_to: asked } = context.body
  const outcome = await signInWithPassword(identity, {
    username,
    password,
    kind: 'browser',
    actor,
    share: accountShare(context),
    browser: browserOf(identity, context),
    device: deviceCookie(identity, context),
  })
  if (outcome.code === 'refused') throw invalidCredentials()
  if (outcome.code === 'must_change') throw passwordResetRequired()
  const { entered, person, device } = outcome
  const returnTo = ownReturnTo(identity, asked)
  if (entered.code !== 'signed_in') {
    setChallengeCookie(identity, context, entered.challenge)
    return {
      ...NO_FACTOR,
      message: 'A second factor is needed',
      mfa_required: true,
      mfa_token: entered.challenge.token,
      mfa_methods: [...entered.challenge.methods],
      mfa_enrolment_required: entered.code === 'mfa_enrolment_required',
      csrf_token: null,
      return_to: returnTo,
    }
  }
  setSessionCookie(identity, context, entered.session)
  if (device !== undefined) setDeviceCookie(identity, context, device)
  forgetPerson(identity, person)
  const csrf = csrfOfSession(identity, entered.session.id)
  return { ...NO_FACTOR, message: 'Signed in', csrf_token: csrf, return_to: returnTo }
}

const NO_FACTOR = {
  mfa_required: false,
  mfa_token: null,
  mfa_methods: [],
  mfa_enrolment_required: false,
}
