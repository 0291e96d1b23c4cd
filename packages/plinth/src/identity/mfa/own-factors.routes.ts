import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import {
  handleConfirm,
  handleForget,
  handleList,
  handleRemove,
  handleRenewCodes,
  handleSetUp,
} from './handle-own-factors.ts'
import { mfaProblems } from './mfa.errors.ts'
import { methodKind, prepared, recoveryCodes, setUpFields, typedCode } from './mfa-answers.ts'

/** Seconds after a sign-in in which a person may change how they sign in (ASVS 7.5.1, MF-15). */
const stepUp = { maxAgeSeconds: 900 }
const own = { access: inPerson(), tenant: 'none' } as const
const params = { id: z.uuid() }
const { invalidCode, unknownMethod, unknownDevice, taken, locked, otherPerson } = mfaProblems
const { lastFactor, stepUpNeeded, notOffered, noAddress, phoneRefused, tooManyCodes } = mfaProblems
const { invalidSession } = identityProblems

const method = z.object({
  id: z.uuid(),
  kind: methodKind,
  label: z.string().nullable(),
  sent_to: z.string().nullable().describe('Where codes go, in part.'),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
})
const device = z.object({
  id: z.uuid(),
  user_agent: z.string().nullable(),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
  expires_at: z.string(),
})

/** `/auth/mfa` (contract 5, D23): the second factors of the person who asks. */
export function ownFactorRoutes(identity: Identity): readonly RouteOptions[] {
  return [...readingRoutes(identity), ...addingRoutes(identity), ...takingRoutes(identity)]
}

function readingRoutes(identity: Identity): readonly RouteOptions[] {
  const list = route('GET /auth/mfa', {
    ...own,
    summary: 'The second factors of the person, and the browsers that need none.',
    returns: z.object({
      methods: z.array(method),
      passkeys: z.int(),
      recovery_codes_left: z.int(),
      remembered_devices: z.array(device),
      offered: z.array(methodKind).describe('Kinds that the person can set up.'),
      required: z.boolean().describe('Whether a second factor is demanded of the person.'),
    }),
    handle: (context) => handleList(identity, context),
  })
  return [list]
}

function addingRoutes(identity: Identity): readonly RouteOptions[] {
  const setUp = route('POST /auth/mfa/setup', {
    ...own,
    stepUp,
    limit: 'sign_in',
    summary: 'Prepares a second factor; it counts once its first code was confirmed.',
    body: z.strictObject({
      person_id: z.uuid().optional().describe('The person who asks; anybody else is refused.'),
      ...setUpFields,
    }),
    returns: prepared,
    raises: [otherPerson, stepUpNeeded, notOffered, noAddress, phoneRefused, tooManyCodes],
    handle: (context) => handleSetUp(identity, context),
  })
  const confirm = route('POST /auth/mfa/confirm', {
    ...own,
    stepUp,
    limit: 'sign_in',
    summary: 'Confirms a second factor by its first code; from then on it is asked for.',
    body: z.strictObject({
      method_id: z.uuid(),
      code: typedCode,
      replaces: z.uuid().optional().describe('A method whose place it takes.'),
    }),
    returns: z.object({
      confirmed_at: z.string(),
      recovery_codes: recoveryCodes.optional(),
      csrf_token: z.string().nullable().describe('The session of a browser has a new id.'),
    }),
    raises: [invalidCode, unknownMethod, taken, locked, stepUpNeeded, invalidSession],
    handle: (context) => handleConfirm(identity, context),
  })
  const renew = route('POST /auth/mfa/recovery-codes', {
    ...own,
    stepUp,
    limit: 'sign_in',
    summary: 'Gives the person ten new recovery codes; the ones before are void.',
    returns: z.object({ recovery_codes: recoveryCodes }),
    raises: [unknownMethod, stepUpNeeded],
    handle: (context) => handleRenewCodes(identity, context),
  })
  return [setUp, confirm, renew]
}

function takingRoutes(identity: Identity): readonly RouteOptions[] {
  const forgotten = z.object({ forgotten_count: z.int() })
  const remove = route('DELETE /auth/mfa/:id', {
    ...own,
    stepUp,
    summary: 'Removes a second factor; the person’s other sessions end.',
    params,
    returns: z.object({ removed_at: z.string(), revoked_count: z.int() }),
    raises: [unknownMethod, lastFactor, stepUpNeeded, invalidSession],
    handle: (context) => handleRemove(identity, context),
  })
  const forgetAll = route('DELETE /auth/mfa/devices', {
    ...own,
    summary: 'Forgets all browsers that need no second factor.',
    returns: forgotten,
    handle: (context) => handleForget(identity, context, undefined),
  })
  const forget = route('DELETE /auth/mfa/devices/:id', {
    ...own,
    summary: 'Forgets one browser that needs no second factor.',
    params,
    returns: forgotten,
    raises: [unknownDevice],
    handle: (context) => handleForget(identity, context, context.params.id),
  })
  return [remove, forgetAll, forget]
}
