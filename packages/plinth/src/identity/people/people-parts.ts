import type { FeatureParts } from '../../feature/index.ts'
import type { Identity } from '../identity-deps.ts'
import { acceptRoutes } from '../invitations/accept.routes.ts'
import { forgetInvitationsJob } from '../invitations/forget-invitations.job.ts'
import { invitationRoutes } from '../invitations/invitations.routes.ts'
import { forgetPersonJob } from './forget-person.job.ts'
import { ownDataRoutes } from './own-data.routes.ts'
import { mayPeople, mayPlatformPeople } from './people.permissions.ts'
import { peopleRoutes } from './people.routes.ts'
import { peopleDeps } from './people-deps.ts'
import { platformPeopleRoutes } from './platform-people.routes.ts'

/** Looking after people, as parts of the feature of identity. */
export function peopleParts(
  identity: Identity,
): Required<Pick<FeatureParts, 'routes' | 'permissions' | 'jobs'>> {
  const deps = peopleDeps(identity)
  return {
    permissions: [mayPeople, mayPlatformPeople],
    routes: [
      peopleRoutes(deps),
      invitationRoutes(deps),
      acceptRoutes(identity),
      platformPeopleRoutes(identity),
      ownDataRoutes(identity),
    ],
    jobs: [forgetPersonJob(identity), forgetInvitationsJob(deps)],
  }
}
