import type { RouteOptions } from 'fastify'
import type { AnyEntity, Db, Expanded, Expansion, Scope } from '../data/index.ts'
import { entityProblems, etagOf } from '../data/index.ts'
import { route } from '../feature/index.ts'
import { choiceParameters } from './choice-parameters.ts'
import { expandablesOf, expansionsFor } from './expansions.ts'
import type { Operation } from './operation.ts'
import { words } from './operation.ts'
import { sendAsIs, shownRows } from './shown-rows.ts'
import { ownerFor } from './visible-rows.ts'

const NOTHING: Expanded = new Map()

/** `GET /api/v1/products/:id`: one row and its ETag. */
export function getRoute({ entity, path, access, expand }: Operation): RouteOptions {
  const expandables = expandablesOf(entity, expand)
  const rows = shownRows(entity, expandables)
  return route(`GET ${path}/:id`, {
    access,
    tenant: 'required',
    summary: `Read one ${words(entity.name)}`,
    params: { id: entity.id },
    query: choiceParameters(rows, expandables),
    returns: rows.schema,
    tagged: true,
    raises: [entityProblems.notFound],
    handle: async ({ db, params, query, principal, placement, reply }) => {
      const asker = { principal, placement }
      const { row, expanded } = await read(entity, db, {
        id: params.id,
        scope: { owner: ownerFor(entity, asker) },
        expand: expansionsFor(expandables, query.expand, asker),
      })
      reply.header('etag', etagOf(row, expanded))
      if (query.fields !== undefined || rows.isFlat) sendAsIs(reply)
      return rows.show(row, { fields: query.fields, expanded })
    },
  })
}

async function read(
  entity: AnyEntity,
  db: Db,
  { id, scope, expand }: { id: string; scope: Scope; expand: readonly Expansion[] },
) {
  if (expand.length === 0) return { row: await entity.get(db, id, scope), expanded: NOTHING }
  const found = await entity.findExpanded(db, id, { ...scope, expand })
  if (found === undefined) throw entityProblems.notFound()
  return found
}
