import type { FeatureParts } from '../../feature/index.ts'
import type { Identity } from '../identity-deps.ts'
import { mayPeople, mayPlatformPeople } from './people.permissions.ts'
import { peopleRoutes } from './people.routes.ts'
import type { PeopleDeps } from './people-deps.ts'
import { personProfileOf } from './person-profile.ts'

/** Looking after people, as parts of the feature of identity. */
export function peopleParts(
  identity: Identity,
): Required<Pick<FeatureParts, 'routes' | 'permissions'>> {
  const deps = peopleDeps(identity)
  return {
    permissions: [mayPeople, mayPlatformPeople],
    routes: [peopleRoutes(deps)],
  }
}

/** What the routes of people take of identity. */
export function peopleDeps(identity: Identity): PeopleDeps {
  const { clock, notify, app, tenancy, hooks, sessionCache } = identity
  return {
    clock,
    notify,
    hooks,
    settings: identity.people,
    baseUrl: app.base_url,
    tenantsVisible: tenancy.visible,
    personProfile: personProfileOf(identity.entities),
    forget: (person) => sessionCache?.forget(person),
  }
}
