import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { route } from '../../feature/index.ts'
import type { Identity } from '../identity-deps.ts'
import { peopleProblems } from '../people/people.errors.ts'
import { recentSignIn } from '../people/recent-sign-in.ts'
import type { EndedForOthers } from './end-others-sessions.ts'
import { endEverySession, endSessionsOf } from './end-others-sessions.ts'
import { forgetPerson } from './forget-person.ts'
import { mayPlatformSessions } from './sessions.permissions.ts'

const ended = z.object({ revoked_at: z.string(), revoked_count: z.int() })
const { unknown } = peopleProblems

/** An administrator of the platform signs somebody out everywhere, or everybody (ASVS 7.4.5). */
export function platformSessionRoutes(identity: Identity): readonly RouteOptions[] {
  const { platform, mint: sessions } = identity
  const ofOne = route('DELETE /api/v1/platform/people/:id/sessions', {
    access: mayPlatformSessions.end_sessions,
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'Signs a person out everywhere. Their API keys stay.',
    params: { id: z.uuid() },
    returns: ended,
    raises: [unknown],
    handle: async ({ params: { id }, actor }) => {
      const done = await endSessionsOf({ platform, sessions }, { person: id, actor })
      if (done === undefined) throw unknown()
      forgetPerson(identity, id)
      return shown(done)
    },
  })
  const ofAll = route('DELETE /api/v1/platform/sessions', {
    access: mayPlatformSessions.end_sessions,
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'Signs everybody out, also who asks. API keys stay.',
    returns: ended,
    handle: async ({ actor }) => shown(await endEverySession({ platform, sessions }, { actor })),
  })
  return [ofOne, ofAll]
}

function shown({ at, count }: EndedForOthers): z.output<typeof ended> {
  return { revoked_at: at, revoked_count: count }
}
