import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson, open } from '../../access/index.ts'
import type { Context } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { limitBy } from '../../http/index.ts'
import type { Identity } from '../identity-deps.ts'
import { mfaProblems } from '../mfa/mfa.errors.ts'
import { signInName } from '../password/sign-in-name.ts'
import { accountProblems } from './account.errors.ts'
import { passwordField, SMALL_BODY_BYTES, tokenField } from './account-fields.ts'
import { queueRequest } from './account-requests.ts'
import { changePassword } from './change-password.ts'
import { resetPassword } from './reset-password.ts'

const shared = { tenant: 'none', limit: 'sign_in', bodyLimitBytes: SMALL_BODY_BYTES } as const
const { wrongPassword, samePassword, weakPassword, noSignInName, busy } = accountProblems
const { stepUpNeeded } = mfaProblems
const { invalidResetToken, noPassword, otherAccount } = accountProblems

/** Changing a password, and setting a new one without the old (contract 5). */
export function passwordRoutes(identity: Identity): readonly RouteOptions[] {
  const change = route('POST /auth/password-change', {
    ...shared,
    access: inPerson(),
    summary: 'Changes the password; the person is signed out everywhere else.',
    body: z.strictObject({
      current_password: passwordField
        .optional()
        .describe('Left out by somebody who has none yet and signed in a moment ago.'),
      new_password: passwordField,
    }),
    returns: z.object({
      changed_at: z.string(),
      csrf_token: z.string().nullable().describe('Of the new session id, for a browser.'),
    }),
    raises: [wrongPassword, samePassword, weakPassword, noSignInName, stepUpNeeded, busy],
    handle: (context) => changePassword(identity, context),
  })
  const ask = route('POST /auth/password-reset-request', {
    ...shared,
    access: open('somebody forgot their password'),
    ownSitesOnly: true,
    summary: 'Sends a link to set a new password, if there is such an account.',
    body: z.strictObject({
      email: z.string().min(1).max(400).describe('E-mail address or user name of the account.'),
    }),
    returns: z.object({ message: z.string() }),
    handle: (context) => askForReset(identity, context),
  })
  const reset = route('POST /auth/password-reset', {
    ...shared,
    access: open('the link that was sent is the proof'),
    ownSitesOnly: true,
    summary: 'Sets a new password; every session of the person ends.',
    body: z.strictObject({ token: tokenField, new_password: passwordField }),
    returns: z.object({ reset_at: z.string() }),
    raises: [invalidResetToken, noPassword, weakPassword, otherAccount, busy],
    handle: (context) => resetPassword(identity, context),
  })
  return [change, ask, reset]
}

type Asking = Context & { readonly body: { readonly email: string } }

/** The same for everybody: what follows happens later, elsewhere. */
async function askForReset(
  { platform, app }: Identity,
  { body, actor, request: asking }: Asking,
): Promise<{ readonly message: string }> {
  const { clientAddress: address, requestId: request } = actor
  const value = { key: signInName(body.email)?.key ?? '', address, request }
  // Whether there is such an account or not: many networks must not fill the queue for one name.
  await limitBy(asking, 'sign_in', value.key)
  await platform.transaction((tx) =>
    queueRequest(tx, app.session_signing_secret, { job: 'identity.password_reset', value }),
  )
  return { message: 'If the email exists, a reset link has been sent' }
}
