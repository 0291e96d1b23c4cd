import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import { personEvents } from '../people/people.events.ts'
import type { NamedPerson } from './named-people.ts'
import { namedPeople } from './named-people.ts'

/** What became of a change; `several` have the address, and one must be named by id. */
export type StatusSet =
  | { readonly code: 'done'; readonly person: NamedPerson }
  | { readonly code: 'unknown' }
  | { readonly code: 'several'; readonly people: readonly NamedPerson[] }

const SYSTEM = { kind: 'system', person: null, clientAddress: null, requestId: null } as const

/**
 * Lets a person in again, or no longer; a trigger ends the sessions of whoever is disabled.
 * @param owner the door of a database that was opened as its owner
 * @param who id, or e-mail address
 */
export async function setPersonStatus(
  owner: PlatformDb,
  who: string,
  { status, dryRun }: { readonly status: 'active' | 'disabled'; readonly dryRun: boolean },
): Promise<StatusSet> {
  return owner.transaction(async (tx) => {
    const people = await namedPeople(tx, who)
    const [person, ...others] = people
    if (person === undefined) return { code: 'unknown' }
    if (others.length > 0) return { code: 'several', people }
    if (dryRun || person.status === status) return { code: 'done', person }
    await tx.query('update plinth.people set status = $2, version = version + 1 where id = $1', [
      person.id,
      status,
    ])
    const target = { type: 'person', id: person.id }
    const event =
      status === 'active'
        ? personEvents.activated({ outcome: 'success', target })
        : personEvents.deactivated({ outcome: 'success', target, data: { status } })
    await record(tx, SYSTEM, event)
    return { code: 'done', person: { ...person, status } }
  })
}
