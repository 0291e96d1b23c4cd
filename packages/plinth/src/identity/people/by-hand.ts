import type { Actor } from '../../access/index.ts'
import type { AnyEntity, PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import type { NamedPerson } from '../people-import/named-people.ts'
import { namedPeople } from '../people-import/named-people.ts'
import { erasePerson } from './erase-person.ts'
import type { PersonExport } from './export-person.ts'
import { exportPerson } from './export-person.ts'
import { personProfileOf } from './person-profile.ts'

/** What looking after one person on the command line needs. */
export interface ByHandDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  /** The entities of the service: `person_profile` may be among them. */
  readonly entities: readonly AnyEntity[]
}

/** Nobody of that name, or several people with one address. */
export type NotOne =
  | { readonly code: 'unknown' }
  | { readonly code: 'several'; readonly people: readonly NamedPerson[] }

/** What became of a person who was to be erased. */
export type ErasedByHand =
  | NotOne
  | { readonly code: 'erased'; readonly person: NamedPerson; readonly rows: number }
  | { readonly code: 'owns_tenants' | 'platform_administrator'; readonly person: NamedPerson }

/** What is kept of a person. */
export type ExportedByHand = NotOne | { readonly code: 'exported'; readonly data: PersonExport }

const SYSTEM: Actor = { kind: 'system', person: null, clientAddress: null, requestId: null }

/** Ends a dry run, and carries what would have been. */
class Undone extends Error {
  readonly result: ErasedByHand
  constructor(result: ErasedByHand) {
    super('a dry run')
    this.result = result
  }
}

/**
 * Erases a person for whoever runs the service, like {@link erasePerson} over HTTP; they get no mail.
 * @param dryRun does all of it in a transaction that is undone
 * @throws AppError when a tenant would be left without an administrator
 */
export async function eraseByHand(
  deps: ByHandDeps,
  { who, dryRun }: { readonly who: string; readonly dryRun: boolean },
): Promise<ErasedByHand> {
  try {
    return await deps.platform.transaction(async (tx) => {
      const result = await erase(deps, tx, who)
      // What is otherwise judged at the commit, which a dry run never reaches.
      await tx.query('set constraints all immediate')
      if (dryRun) throw new Undone(result)
      return result
    })
  } catch (error) {
    if (error instanceof Undone) return error.result
    throw error
  }
}

async function erase(deps: ByHandDeps, tx: PlatformTx, who: string): Promise<ErasedByHand> {
  const found = await oneOf(tx, who)
  if (found.code !== 'one') return found
  const { person } = found
  const parts = {
    ...deps,
    platform: tx,
    notify: { mail: async () => undefined },
    baseUrl: '',
    personProfile: personProfileOf(deps.entities),
  }
  const erasure = { person: person.id as Id<'person'>, actor: SYSTEM, by: 'platform' } as const
  const erased = await erasePerson(parts, erasure)
  return erased.code === 'unknown' ? { code: 'unknown' } : { ...erased, person }
}

/** All that is kept about a person, for whoever runs the service; the audit log says so. */
export async function exportByHand(deps: ByHandDeps, who: string): Promise<ExportedByHand> {
  return deps.platform.transaction(async (tx) => {
    const found = await oneOf(tx, who)
    if (found.code !== 'one') return found
    const asked = { person: found.person.id, actor: SYSTEM, by: 'platform' } as const
    const data = await exportPerson({ ...deps, platform: tx }, asked)
    return data === undefined ? { code: 'unknown' } : { code: 'exported', data }
  })
}

async function oneOf(
  tx: PlatformTx,
  who: string,
): Promise<NotOne | { readonly code: 'one'; readonly person: NamedPerson }> {
  const people = await namedPeople(tx, who)
  const [person, ...others] = people
  if (person === undefined) return { code: 'unknown' }
  return others.length > 0 ? { code: 'several', people } : { code: 'one', person }
}
