import type { RouteOptions } from 'fastify'
import { inPerson } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import type { Identity } from '../identity-deps.ts'
import { clearCookie } from '../sessions/cookie.ts'
import { eraseFor } from './erase-for.ts'
import { exportPerson } from './export-person.ts'
import { peopleProblems } from './people.errors.ts'
import { shownExport } from './person-export-schema.ts'
import { recentSignIn } from './recent-sign-in.ts'

const { unknown, ownsTenants, platformAdministrator, lastAdministrator } = peopleProblems

/** `GET /auth/me/export` and `DELETE /auth/me`: what is kept about oneself, and its end. */
export function ownDataRoutes(identity: Identity): readonly RouteOptions[] {
  return [exportRoute(identity), eraseRoute(identity)]
}

function exportRoute(identity: Identity): RouteOptions {
  return route('GET /auth/me/export', {
    access: inPerson(),
    tenant: 'none',
    stepUp: recentSignIn,
    limit: { requests: 10, windowMs: 3_600_000 },
    summary: 'All that is kept about the person.',
    returns: shownExport,
    raises: [unknown],
    handle: async ({ principal, actor, reply }) => {
      const all = await exportPerson(identity, { person: principal.person, actor, by: 'self' })
      if (all === undefined) throw unknown()
      reply
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="my-data.json"')
      return all
    },
  })
}

function eraseRoute(identity: Identity): RouteOptions {
  return route('DELETE /auth/me', {
    access: inPerson(),
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'Erases the person, with all that is kept about them, for good.',
    raises: [unknown, ownsTenants, platformAdministrator, lastAdministrator],
    handle: async ({ principal, actor, reply }) => {
      await eraseFor(identity, { person: principal.person, actor, by: 'self' })
      if (principal.credential.kind === 'cookie') {
        reply.header('set-cookie', clearCookie(identity.cookie, identity.cookieName))
      }
    },
  })
}
