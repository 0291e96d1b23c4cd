import type { AnyEntity, Database } from 'plinth/data'
import type { Random } from '../sample/random.ts'
import { valueForSchema } from '../sample/value-for-schema.ts'

/** A row as the entity gives it. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string }

/** The rows of one entity in one tenant. */
export interface SeededRows {
  /** Nobody of the tenant changes it: whoever does is an intruder. */
  readonly kept: Row
  /** The tenant's own people change this one. */
  readonly own: Row
}

/** What rows are made with. */
export interface Seeding {
  readonly database: Database
  readonly random: Random
  /** JSON Schema of a column's schema. */
  toJsonSchema(schema: AnyEntity['row']): Readonly<Record<string, unknown>>
  readonly entities: readonly AnyEntity[]
}

/** In whose tenant, and who owns rows that a person owns. */
export interface Owner {
  readonly tenant: Parameters<Database['forTenant']>[0]
  readonly person: string
}

/** The rows of a tenant by entity, and a sentence for each entity that could not be filled. */
export interface Seeded {
  readonly rows: ReadonlyMap<string, SeededRows>
  readonly notes: readonly string[]
}

/** Fills every entity of a service with rows of one tenant, whatever refers first. */
export async function seedRows(seeding: Seeding, owner: Owner): Promise<Seeded> {
  const rows = new Map<string, SeededRows>()
  const notes: string[] = []
  for (const entity of inOrder(seeding.entities)) {
    try {
      const [kept, own] = [
        await insertOne(seeding, owner, { entity, rows }),
        await insertOne(seeding, owner, { entity, rows }),
      ]
      rows.set(entity.name, { kept, own })
    } catch (error) {
      notes.push(
        `No row of ${entity.name} could be made (${reasonOf(error)}); give its fields examples with .meta({ examples: […] }).`,
      )
    }
  }
  return { rows, notes }
}

/** The sentence of an error, with the fields that it blames. */
function reasonOf(error: unknown): string {
  const details: unknown = Reflect.get(Object(error), 'details')
  const blamed = (Array.isArray(details) ? details : []).map(
    (one) => `${Reflect.get(Object(one), 'path')} ${Reflect.get(Object(one), 'message')}`,
  )
  const message = error instanceof Error ? error.message : String(error)
  return [message, ...blamed].join(' ')
}

/** Those that others refer to come first; a circle is entered anywhere. */
function inOrder(entities: readonly AnyEntity[]): readonly AnyEntity[] {
  const left = [...entities]
  const done: AnyEntity[] = []
  while (left.length > 0) {
    const waits = ({ declaration: { name, columns } }: AnyEntity) =>
      columns.some(
        ({ reference, nullable }) =>
          reference !== undefined &&
          !nullable &&
          reference.to !== name &&
          left.some((one) => one.name === reference.to),
      )
    const at = left.findIndex((entity) => !waits(entity))
    done.push(...left.splice(Math.max(at, 0), 1))
  }
  return done
}

interface Filling {
  readonly entity: AnyEntity
  readonly rows: ReadonlyMap<string, SeededRows>
}

const ATTEMPTS = 8

/** Rules over several fields and unique keys may refuse a row: other values may pass. */
async function insertOne(seeding: Seeding, owner: Owner, filling: Filling): Promise<Row> {
  const db = seeding.database.forTenant(owner.tenant)
  for (let attempt = 1; ; attempt += 1) {
    try {
      const row = await filling.entity.insert(db, valuesFor(seeding, owner, filling))
      return { ...row, id: String(Reflect.get(row, 'id')) }
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error
    }
  }
}

type Column = AnyEntity['declaration']['columns'][number]

function valuesFor(seeding: Seeding, { person }: Owner, { entity, rows }: Filling): object {
  const fields = entity.declaration.columns.flatMap((column): [string, unknown][] => {
    if (column.name === 'owner_id' && entity.declaration.owned === 'person')
      return [[column.name, person]]
    if (column.name === 'deleted_at' && entity.declaration.softDelete) return []
    if (column.reference === undefined) return [[column.name, valueFor(seeding, column)]]
    const target = rows.get(column.reference.to)
    if (target !== undefined) return [[column.name, target.kept.id]]
    return column.nullable ? [[column.name, null]] : []
  })
  return Object.fromEntries(fields)
}

function valueFor({ random, toJsonSchema }: Seeding, { schema }: Column): unknown {
  const json = toJsonSchema(schema as AnyEntity['row'])
  for (let attempt = 1; ; attempt += 1) {
    const value = valueForSchema({ random, optional: true }, json)
    const { success } = schema.safeParse(value)
    if (success || attempt >= ATTEMPTS) return value
  }
}
