import { Kysely } from 'kysely'
import type { Db } from '../../db.ts'
import type { AnyEntity } from '../entity.ts'
import { DoorDialect } from './door-dialect.ts'
import { EntityTables } from './entity-tables.ts'

/** What `query()` needs to know of an entity. */
export type Queried = Pick<AnyEntity, 'name' | 'declaration'> & { readonly table?: unknown }

type Named<E> = E extends { readonly name: infer N extends string; readonly table?: infer T }
  ? { readonly [K in N]: T }
  : never
type Join<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never

/** The Kysely that sees just the entities of a list, each under its own name. */
export type QueryOf<E extends readonly Queried[]> = Kysely<Join<Named<E[number]>>>

/** What `query()` calls; apart from it, so that Kysely is loaded by the first query. */
export function kyselyQuery<const E extends readonly Queried[]>(
  db: Db,
  ...entities: E
): QueryOf<E> {
  return new Kysely<Join<Named<E[number]>>>({
    dialect: new DoorDialect(db),
    plugins: [new EntityTables(entities.map(({ declaration }) => declaration))],
  })
}
