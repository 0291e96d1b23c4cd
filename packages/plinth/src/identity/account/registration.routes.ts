import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson, open } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { Context } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { limitBy } from '../../http/index.ts'
import type { Identity } from '../identity-deps.ts'
import { mfaProblems } from '../mfa/mfa.errors.ts'
import { emailField } from '../password/email-field.ts'
import { profileFields } from '../people/person-fields.ts'
import { accountProblems } from './account.errors.ts'
import { accountEvents } from './account.events.ts'
import { passwordField, SMALL_BODY_BYTES, tokenField } from './account-fields.ts'
import { askForChange, confirmChange } from './change-email.ts'
import { register } from './register.ts'
import { verifyEmail } from './verify-email.ts'

const shared = { tenant: 'none', limit: 'sign_in', bodyLimitBytes: SMALL_BODY_BYTES } as const
const { registrationClosed, weakPassword, invalidVerification, confirmPassword } = accountProblems
const { emailTaken, otherAccount, busy } = accountProblems

/** Seconds after a sign-in in which a person may change their address (ASVS 7.5.1, MF-19). */
const stepUp = { maxAgeSeconds: 900 }

/** `POST /auth/register` and `/auth/verify-email` (D23). */
export function registrationRoutes(identity: Identity): readonly RouteOptions[] {
  const make = route('POST /auth/register', {
    ...shared,
    access: open('somebody makes an account, where that is open'),
    ownSitesOnly: true,
    summary: 'Asks for an account; a link to confirm the address is sent to it.',
    body: z.strictObject({
      email: emailField,
      password: passwordField,
      first_name: profileFields.first_name,
      last_name: profileFields.last_name.default(''),
    }),
    status: 202,
    returns: z.object({ message: z.string() }),
    raises: [registrationClosed, weakPassword, busy],
    handle: async (context) => {
      if (identity.accounts.registration !== 'open') throw await closed(identity, context)
      await limitBy(context.request, 'sign_in', context.body.email.toLowerCase())
      return register(identity, context)
    },
  })
  const verify = route('POST /auth/verify-email', {
    ...shared,
    access: open('the link that was sent is the proof'),
    ownSitesOnly: true,
    summary: 'Confirms the address, and makes the account; the person then signs in.',
    body: z.strictObject({
      token: tokenField,
      password: passwordField
        .optional()
        .describe('The one that was chosen; needed in any other browser than the one that asked.'),
    }),
    returns: z.object({ verified_at: z.string(), email: z.string() }),
    raises: [invalidVerification, confirmPassword, emailTaken, otherAccount, busy],
    handle: (context) => verifyEmail(identity, context),
  })
  return [make, verify, ...emailRoutes(identity)]
}

/** Whoever tries leaves a row; how many one address can leave, the class sign-in bounds. */
async function closed({ platform }: Identity, { actor }: Context) {
  const event = accountEvents.registration_asked({ outcome: 'denied', reason: 'closed' })
  await recordOutside(platform, actor, event)
  return registrationClosed()
}

function emailRoutes(identity: Identity): readonly RouteOptions[] {
  const ask = route('POST /auth/email-change', {
    ...shared,
    access: inPerson(),
    stepUp,
    summary: 'Sends a link to the new address of the person who asks.',
    body: z.strictObject({ email: emailField }),
    status: 202,
    returns: z.object({ message: z.string() }),
    raises: [mfaProblems.stepUpNeeded],
    handle: (context) => askForChange(identity, context),
  })
  const confirm = route('POST /auth/email-change/confirm', {
    ...shared,
    access: inPerson(),
    summary: 'Makes the new address that of the account.',
    body: z.strictObject({ token: tokenField }),
    returns: z.object({ changed_at: z.string(), email: z.string() }),
    raises: [invalidVerification, otherAccount, emailTaken],
    handle: (context) => confirmChange(identity, context),
  })
  return [ask, confirm]
}
