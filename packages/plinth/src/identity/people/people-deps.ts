import type { Clock } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'
import type { InviteDeps } from '../invitations/send-invitation.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import type { PersonProfile } from './person-profile.ts'

/** What the routes of people are given. */
export interface PeopleDeps extends InviteDeps {
  readonly clock: Clock
  /** Further fields of people that the service declared; undefined when it declared none. */
  readonly personProfile: PersonProfile | undefined
  /** Told of whom this process changed. */
  readonly forget: (person: string) => void
}

/** What the routes of people take of identity. */
export function peopleDeps(identity: Identity): PeopleDeps {
  const { clock, notify, app, tenancy, hooks } = identity
  return {
    clock,
    notify,
    hooks,
    settings: identity.people,
    baseUrl: app.base_url,
    tenantsVisible: tenancy.visible,
    personProfile: identity.personProfile,
    forget: (person) => forgetPerson(identity, person),
  }
}
