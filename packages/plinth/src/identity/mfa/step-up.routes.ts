import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { handleStepUp } from './handle-step-up.ts'
import { mfaProblems } from './mfa.errors.ts'
import { proofFields } from './mfa-answers.ts'

const { invalidCode, invalidPassword, locked, stepUpNeeded, nothingToProve } = mfaProblems

/** `POST /auth/web/step-up`: a person proves once more that it is them, and their session knows. */
export function stepUpRoutes(identity: Identity): readonly RouteOptions[] {
  const stepUp = route('POST /auth/web/step-up', {
    access: inPerson(),
    tenant: 'none',
    limit: 'sign_in',
    summary:
      'Confirms who sits there: with a second factor by whoever has one, else with the password. The session gets a new id.',
    body: z
      .strictObject({
        password: z.string().max(4_096).optional(),
        ...proofFields,
      })
      .refine(
        ({ password, code, passkey }) =>
          [password, code, passkey].filter((one) => one !== undefined).length === 1,
        'must bring one of password, code and passkey',
      ),
    returns: z.object({ message: z.string(), csrf_token: z.string().nullable() }),
    raises: [
      invalidCode,
      invalidPassword,
      locked,
      stepUpNeeded,
      nothingToProve,
      identityProblems.invalidSession,
    ],
    handle: (context) => handleStepUp(identity, context),
  })
  return [stepUp]
}
