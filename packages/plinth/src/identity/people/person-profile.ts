import { z } from 'zod'
import type { AnyEntity, Db } from '../../data/index.ts'

/** Name of the entity in which a service keeps further fields of people: a row for each, in each tenant. */
export const PERSON_PROFILE = 'person_profile'

/** Further fields of people, read and written beside the rest of them. */
export interface PersonProfile {
  /** What is shown of one; null for somebody of whom nothing is kept. */
  readonly shown: z.ZodType
  /** What is sent to change one: any of its fields, nothing else. */
  readonly change: z.ZodType
  /** What is shown of some people of the tenant, by their id. */
  of(db: Db, people: readonly string[]): Promise<ReadonlyMap<string, object>>
  /**
   * Writes fields of a person's profile; the first time it makes the row.
   * @throws AppError entity.invalid, also when a field that every row needs is missing
   */
  write(db: Db, person: string, change: object): Promise<void>
  /** Removes what is kept of a person in the tenant. */
  remove(db: Db, person: string): Promise<void>
}

// What every entity has, and is no field of a person.
const OWN = ['id', 'owner_id', 'version', 'created_at', 'updated_at'] as const

/**
 * Finds the entity `person_profile` among those of the service.
 * @throws TypeError for one whose rows do not belong to people, one to each
 */
export function personProfileOf(entities: readonly AnyEntity[]): PersonProfile | undefined {
  const entity = entities.find(({ name }) => name === PERSON_PROFILE)
  if (entity === undefined) return undefined
  requireRowPerPerson(entity)
  const nullable = entity.declaration.columns.filter((column) => column.nullable)
  const empty = Object.fromEntries(nullable.map(({ name }) => [name, null]))
  const rowsOf = async (db: Db, people: readonly string[]) => {
    const filters = [{ field: 'owner_id', operator: 'in', value: people } as const]
    return (await entity.list(db, { filters, limit: people.length })).items
  }
  return {
    shown: shownBy(entity).nullable(),
    change: entity.patch,
    async of(db, people) {
      const rows = people.length === 0 ? [] : await rowsOf(db, people)
      return new Map(rows.map((row) => [ownerOf(row), presented(entity, row)]))
    },
    async write(db, person, change) {
      const [row] = await rowsOf(db, [person])
      if (row === undefined) await entity.insert(db, { ...empty, ...change, owner_id: person })
      else await entity.update(db, row.id, change)
    },
    async remove(db, person) {
      const [row] = await rowsOf(db, [person])
      if (row !== undefined) await entity.remove(db, row.id)
    },
  }
}

function requireRowPerPerson({ declaration }: AnyEntity): void {
  const unique = declaration.uniques.some(
    ({ columns }) => columns.length === 1 && columns[0] === 'owner_id',
  )
  const owned = declaration.columns.some(({ name }) => name === 'owner_id')
  if (owned && unique && !declaration.softDelete) return
  throw new TypeError(
    `the entity ${PERSON_PROFILE} is a row for each person: give it { owned: 'person', unique: [['owner_id']] } and no softDelete`,
  )
}

function shownBy(entity: AnyEntity): z.ZodObject {
  const fields = Object.entries(entity.shown.shape).filter(([name]) => !isOwn(name))
  return z.object(Object.fromEntries(fields))
}

function presented(entity: AnyEntity, row: object): object {
  return Object.fromEntries(Object.entries(entity.present(row)).filter(([name]) => !isOwn(name)))
}

function ownerOf(row: object): string {
  return 'owner_id' in row ? String(row.owner_id) : ''
}

function isOwn(name: string): boolean {
  return OWN.some((own) => own === name)
}
