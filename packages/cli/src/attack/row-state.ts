import type { AnyEntity, Database } from 'plinth/data'
import type { Owner, Seeded } from './seeded-rows.ts'

/** A row as the database holds it now, hidden columns and all. */
export type StoredRow = Readonly<Record<string, unknown>>

/** All rows of some entities in one tenant: by entity, then by id. */
export type RowState = ReadonlyMap<string, ReadonlyMap<string, StoredRow>>

/** Reads every row that a tenant has of the entities which it was given rows of. */
export async function rowState(
  database: Database,
  { tenant }: Pick<Owner, 'tenant'>,
  entities: readonly AnyEntity[],
): Promise<RowState> {
  const statements = entities.map(({ declaration }) => ({
    text: `select to_jsonb(t) as row from ${tableOf(declaration)} t`,
  }))
  const answers = await database.forTenant(tenant).batch(statements)
  return new Map(
    entities.map(({ name, declaration: { key } }, at) => {
      const rows = (answers[at]?.rows ?? []).map((one) => ({ ...Object(one['row']) }))
      return [name, new Map(rows.map((row) => [String(row[key]), row]))]
    }),
  )
}

/** The name of an entity's table in SQL. */
export function tableOf({ schema, table }: AnyEntity['declaration']): string {
  return [schema, table].map((name) => `"${name.replaceAll('"', '""')}"`).join('.')
}

/** What happened to the rows that nobody of their tenant has touched; undefined when nothing did. */
export function intrusion(before: RowState, after: RowState, { rows }: Seeded): string | undefined {
  for (const [entity, { kept }] of rows) {
    const [old, now] = [before, after].map((state) => state.get(entity)?.get(kept.id))
    if (old === undefined || old === now) continue
    if (now === undefined) return `a row of ${entity} is gone`
    const changed = Object.keys(old).find((key) => text(old[key]) !== text(now[key]))
    if (changed !== undefined) return `${changed} of a row of ${entity} was changed`
  }
  return undefined
}

function text(value: unknown): string {
  return JSON.stringify(value ?? null)
}
