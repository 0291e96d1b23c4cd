import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { permissions } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'
import { peopleProblems } from '../people/people.errors.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { mfaProblems } from './mfa.errors.ts'
import { resetFactors } from './reset-factors.ts'

/** What may be done with the factors of others; no role in a tenant holds it. */
export const mayWithFactors = permissions('platform', {
  reset_factors: 'Take all second factors off somebody who lost them',
})

/** `POST /api/v1/platform/people/{id}/mfa-reset`: for somebody who lost all their factors. */
export function resetRoutes(identity: Identity): readonly RouteOptions[] {
  const reset = route('POST /api/v1/platform/people/:id/mfa-reset', {
    access: mayWithFactors.reset_factors,
    tenant: 'none',
    // The proof must not be weaker than what is taken away (ASVS 6.4.4).
    stepUp: { maxAgeSeconds: 900, acr: ['aal2'] },
    summary:
      'Takes all second factors, passkeys included, off a person and ends their sessions. The person gets a notice.',
    params: { id: z.uuid() },
    body: z.strictObject({
      because: z.string().trim().min(3).max(500).describe('How it was made sure that it is them.'),
    }),
    returns: z.object({
      reset_at: z.string(),
      methods: z.int(),
      passkeys: z.int(),
      revoked_count: z.int(),
    }),
    raises: [mfaProblems.unknownPerson, peopleProblems.aboveYou],
    handle: async ({ params, body, principal, actor }) => {
      const person = params.id as Id<'person'>
      const held = principal.platform ?? []
      const done = await resetFactors(identity, { person, because: body.because, actor, held })
      if (done === 'beyond') throw peopleProblems.aboveYou()
      if (done === undefined) throw mfaProblems.unknownPerson()
      forgetPerson(identity, person)
      const { at, methods, passkeys, sessions } = done
      return { reset_at: at, methods, passkeys, revoked_count: sessions }
    },
  })
  return [reset]
}
