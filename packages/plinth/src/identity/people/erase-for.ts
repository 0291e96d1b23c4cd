import type { Identity } from '../identity-deps.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import type { Erasure } from './erase-person.ts'
import { erasePerson } from './erase-person.ts'
import { refusingLast } from './last-administrator.ts'
import { peopleProblems } from './people.errors.ts'
import { peopleDeps } from './people-deps.ts'

/**
 * Erases a person for a route.
 * @throws AppError people.unknown, people.owns_tenants, people.platform_administrator,
 *   people.last_administrator
 */
export async function eraseFor(identity: Identity, erasure: Erasure): Promise<void> {
  const deps = { ...peopleDeps(identity), platform: identity.platform }
  const erased = await refusingLast(() => erasePerson(deps, erasure))
  if (erased.code === 'unknown') throw peopleProblems.unknown()
  if (erased.code === 'owns_tenants') throw peopleProblems.ownsTenants()
  if (erased.code === 'platform_administrator') throw peopleProblems.platformAdministrator()
  await identity.attempts.forget(identity.platform, erasure.person)
  forgetPerson(identity, erasure.person)
}
