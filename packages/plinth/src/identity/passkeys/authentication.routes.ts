import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson, open } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { handleAsk, handleAskAgain, handleSignIn } from './handle-authentication.ts'
import { assertionAnswer } from './passkey-answers.ts'
import { requestOptions } from './passkey-options.ts'
import type { PasskeyRouteDeps } from './passkey-route-deps.ts'
import { passkeyProblems } from './passkeys.errors.ts'

/** A page may ask whenever it is shown: what is limited is answering. */
const ASKING = { requests: 60, windowMs: 60_000 }

/** An empty object, or no body at all. */
const NOTHING = z.strictObject({}).nullish()

const signedIn = z.object({
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

/** `/auth/passkeys/authentication` (D23): signing in by a passkey, without a name or a password. */
export function passkeySignInRoutes(deps: PasskeyRouteDeps): readonly RouteOptions[] {
  const options = route('POST /auth/passkeys/authentication/options', {
    access: open('somebody signs in by a passkey'),
    tenant: 'none',
    ownSitesOnly: true,
    limit: ASKING,
    summary:
      'What a browser needs to sign in by a passkey: options for navigator.credentials.get().',
    body: NOTHING,
    returns: requestOptions,
    handle: (context) => handleAsk(deps, context),
  })
  const verify = route('POST /auth/passkeys/authentication/verify', {
    access: open('somebody signs in by a passkey'),
    tenant: 'none',
    ownSitesOnly: true,
    limit: 'sign_in',
    summary: 'Signs in whoever the passkey stands for: the browser gets a session.',
    body: z.strictObject({ response: assertionAnswer, return_to: z.string().optional() }),
    returns: signedIn,
    raises: [passkeyProblems.refused],
    handle: (context) => handleSignIn(deps, context),
  })
  const again = route('POST /auth/passkeys/step-up/options', {
    access: inPerson(),
    tenant: 'none',
    limit: ASKING,
    summary: 'What a browser needs to confirm by a passkey that the person is still there.',
    body: NOTHING,
    returns: requestOptions,
    raises: [passkeyProblems.none],
    handle: (context) => handleAskAgain(deps, context),
  })
  return [options, verify, again]
}
