import { Kysely } from 'kysely'
import type { Db } from '../../db.ts'
import type { AnyEntity } from '../entity.ts'
import { DoorDialect } from './door-dialect.ts'
import { EntityTables } from './entity-tables.ts'

/** What `query()` needs to know of an entity. */
type Queried = Pick<AnyEntity, 'name' | 'declaration'> & { readonly table?: unknown }

type Named<E> = E extends { readonly name: infer N extends string; readonly table?: infer T }
  ? { readonly [K in N]: T }
  : never
type Join<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never

/**
 * A Kysely over the tenant's door: joins, aggregates, anything that one entity's own methods do not
 * say. It may touch only the entities that it names, each under its own name, and each statement
 * is one round trip; several belong into `db.transaction(…)` and `query(tx, …)`.
 */
export function query<const E extends readonly Queried[]>(
  db: Db,
  ...entities: E
): Kysely<Join<Named<E[number]>>> {
  return new Kysely<Join<Named<E[number]>>>({
    dialect: new DoorDialect(db),
    plugins: [new EntityTables(entities.map(({ declaration }) => declaration))],
  })
}
