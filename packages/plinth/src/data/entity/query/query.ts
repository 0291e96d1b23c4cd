import { createRequire } from 'node:module'
import type { Db } from '../../db.ts'
import type { Queried, QueryOf } from './kysely-query.ts'

/**
 * A Kysely over the tenant's door: joins, aggregates, anything that one entity's own methods do not
 * say. It may touch only the entities that it names, each under its own name, and each statement
 * is one round trip; several belong into `db.transaction(…)` and `query(tx, …)`.
 */
export function query<const E extends readonly Queried[]>(db: Db, ...entities: E): QueryOf<E> {
  kyselyQuery ??= load().kyselyQuery
  return kyselyQuery(db, ...entities)
}

let kyselyQuery: ReturnType<typeof load>['kyselyQuery'] | undefined

/** Kysely is 250 modules, a sixth of a service's start: a service that never asks never pays. */
function load(): typeof import('./kysely-query.ts') {
  const require = createRequire(import.meta.url)
  return require(`./kysely-query.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`)
}
