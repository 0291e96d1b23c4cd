import type { FeatureParts } from '../../feature/index.ts'
import type { Identity } from '../identity-deps.ts'
import { acceptRoutes } from '../invitations/accept.routes.ts'
import { invitationRoutes } from '../invitations/invitations.routes.ts'
import { mayPeople, mayPlatformPeople } from './people.permissions.ts'
import { peopleRoutes } from './people.routes.ts'
import { peopleDeps } from './people-deps.ts'

/** Looking after people, as parts of the feature of identity. */
export function peopleParts(
  identity: Identity,
): Required<Pick<FeatureParts, 'routes' | 'permissions'>> {
  const deps = peopleDeps(identity)
  return {
    permissions: [mayPeople, mayPlatformPeople],
    routes: [peopleRoutes(deps), invitationRoutes(deps), acceptRoutes(identity)],
  }
}
