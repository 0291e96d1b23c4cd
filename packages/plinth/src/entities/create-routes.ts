import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/index.ts'
import { auditStatement } from '../audit/index.ts'
import type { AnyEntity, Db, Statement } from '../data/index.ts'
import { entityProblems, etagOf, withArticle } from '../data/index.ts'
import { route } from '../feature/index.ts'
import { entityEvent } from './entity-event.ts'
import type { Operation } from './operation.ts'
import { words } from './operation.ts'
import type { Asker } from './visible-rows.ts'
import { mayReferFor, personOf } from './visible-rows.ts'

const RAISES = [entityProblems.conflict, entityProblems.invalid]
const MOST_ITEMS = 100

/** `POST /api/v1/products`: the row and its audit row in one round trip. */
export function createRoute({ entity, path, access }: Operation): RouteOptions {
  return route(`POST ${path}`, {
    access,
    tenant: 'required',
    idempotent: true,
    summary: `Add ${withArticle(words(entity.name))}`,
    body: entity.create,
    returns: entity.shown,
    status: 201,
    raises: RAISES,
    handle: async ({ db, body, actor, principal, placement, reply }) => {
      const given: object = Object(body)
      const values = withOwner(entity, given, { principal, placement })
      const mayRefer = mayReferFor({ principal, placement })
      const beside = (id: string) => [created(entity, { db, actor, id, given })]
      const row = await entity.insert(db, values, beside, { mayRefer })
      reply.header('location', `${path}/${row.id}`).header('etag', etagOf(row))
      return entity.present(row)
    },
  })
}

/** `POST /api/v1/products/bulk`: up to a hundred rows and their audit rows, all or none. */
export function bulkRoute({ entity, path, access }: Operation): RouteOptions {
  return route(`POST ${path}/bulk`, {
    access,
    tenant: 'required',
    idempotent: true,
    summary: `Add several ${words(entity.plural)}, all or none`,
    body: z.strictObject({ items: z.array(entity.create).min(1).max(MOST_ITEMS) }),
    returns: z.object({ items: z.array(entity.shown), count: z.int32() }),
    status: 201,
    raises: RAISES,
    handle: async ({ db, body, actor, principal, placement }) => {
      const given = body.items.map((item): object => Object(item))
      const values = given.map((item) => withOwner(entity, item, { principal, placement }))
      const mayRefer = mayReferFor({ principal, placement })
      const beside = (id: string, at: number) => [
        created(entity, { db, actor, id, given: given[at] ?? {} }),
      ]
      const rows = await entity.insertMany(db, values, beside, { mayRefer })
      return { items: rows.map((row) => entity.present(row)), count: rows.length }
    },
  })
}

interface Created {
  readonly db: Db
  readonly actor: Actor
  readonly id: string
  readonly given: object
}

function created(entity: AnyEntity, { db, actor, id, given }: Created): Statement {
  const event = entityEvent(entity, 'create', { id, fields: Object.keys(given) })
  return auditStatement(db.tenant, actor, event)
}

/** Who adds a row that belongs to people owns it, whatever the request says. */
function withOwner({ declaration }: AnyEntity, given: object, { principal }: Asker): object {
  return declaration.owned === 'person' ? { ...given, owner_id: personOf(principal) } : given
}
