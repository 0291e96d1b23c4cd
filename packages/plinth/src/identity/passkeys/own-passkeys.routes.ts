import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import { mfaProblems } from '../mfa/mfa.errors.ts'
import { recoveryCodes } from '../mfa/mfa-answers.ts'
import {
  handleAdd,
  handleAskForNew,
  handleList,
  handleRemove,
  handleRename,
} from './handle-own-passkeys.ts'
import { registrationAnswer } from './passkey-answers.ts'
import { creationOptions } from './passkey-options.ts'
import type { PasskeyRouteDeps } from './passkey-route-deps.ts'
import { passkeyProblems } from './passkeys.errors.ts'

const passkey = z.object({
  id: z.uuid(),
  name: z.string(),
  synced: z.boolean().describe('Whether it may be on several devices of the person.'),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
})
const name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{C}]+$/u, 'must not hold control characters')
  .describe('What its person calls it.')
const params = { id: z.uuid() }

/** Seconds after a sign-in in which a person may change how they sign in (ASVS 7.5.1, MF-15). */
const stepUp = { maxAgeSeconds: 900 }
const own = { access: inPerson(), tenant: 'none' } as const
const { stepUpNeeded } = mfaProblems
const { invalidSession } = identityProblems
const { unknown, lastFactor, lastWayIn, notAdded, notVerified, taken, tooMany } = passkeyProblems

/** `/auth/passkeys` and `/auth/passkeys/registration` (D23): the passkeys of the person who asks. */
export function ownPasskeyRoutes(deps: PasskeyRouteDeps): readonly RouteOptions[] {
  return [...registrationRoutes(deps), ...keepingRoutes(deps)]
}

function registrationRoutes(deps: PasskeyRouteDeps): readonly RouteOptions[] {
  const options = route('POST /auth/passkeys/registration/options', {
    ...own,
    stepUp,
    limit: 'sign_in',
    summary: 'What a browser needs to make a passkey: options for navigator.credentials.create().',
    body: z.strictObject({}).nullish(),
    returns: creationOptions,
    raises: [tooMany, stepUpNeeded, invalidSession],
    handle: (context) => handleAskForNew(deps, context),
  })
  const verify = route('POST /auth/passkeys/registration/verify', {
    ...own,
    stepUp,
    limit: 'sign_in',
    summary: 'Adds the passkey that a device made; the person gets a notice.',
    body: z.strictObject({ response: registrationAnswer, name: name.optional() }),
    status: 201,
    returns: passkey.extend({
      recovery_codes: recoveryCodes.optional(),
      csrf_token: z.string().nullable().describe('The session of a browser has a new id.'),
    }),
    raises: [notAdded, notVerified, taken, tooMany, stepUpNeeded, invalidSession],
    handle: (context) => handleAdd(deps, context),
  })
  return [options, verify]
}

function keepingRoutes(deps: PasskeyRouteDeps): readonly RouteOptions[] {
  const list = route('GET /auth/passkeys', {
    ...own,
    summary: 'The passkeys of the person.',
    returns: z.object({ passkeys: z.array(passkey), total: z.int() }),
    handle: (context) => handleList(deps, context),
  })
  const rename = route('PATCH /auth/passkeys/:id', {
    ...own,
    summary: 'Gives a passkey another name.',
    params,
    body: z.strictObject({ name }),
    returns: passkey,
    raises: [unknown],
    handle: (context) => handleRename(deps, context),
  })
  const remove = route('DELETE /auth/passkeys/:id', {
    ...own,
    stepUp,
    summary: 'Removes a passkey; the person gets a notice.',
    params,
    raises: [unknown, lastWayIn, lastFactor, stepUpNeeded, invalidSession],
    handle: (context) => handleRemove(deps, context),
  })
  return [list, rename, remove]
}
