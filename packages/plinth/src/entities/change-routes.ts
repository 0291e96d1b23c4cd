import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { record } from '../audit/index.ts'
import { demandedVersion, entityProblems, etagOf } from '../data/index.ts'
import { route } from '../feature/index.ts'
import { entityEvent } from './entity-event.ts'
import type { Operation } from './operation.ts'
import { words } from './operation.ts'
import { mayReferFor, ownerFor } from './visible-rows.ts'

const conditions = {
  'if-match': z.string().max(1_000).optional().describe('ETag that the row must still have'),
  'if-none-match': z.string().max(1_000).optional().describe('ETag that the row must not have'),
}
const { notFound, stale, condition, conflict, invalid, inUse } = entityProblems

/**
 * `PUT` replaces every field that a client may set: what is left out falls back to its default, unless
 * that is made anew each time (`'now'`, `'uuid'`): the same PUT twice leaves the same row.
 * `PATCH` changes the fields it names and no others.
 */
export function updateRoutes(operation: Operation): RouteOptions[] {
  const { entity } = operation
  const noun = words(entity.name)
  return [
    updateRoute(operation, {
      method: 'PUT',
      body: entity.create,
      summary: `Replace one ${noun}`,
    }),
    updateRoute(operation, {
      method: 'PATCH',
      body: entity.patch,
      summary: `Change some fields of one ${noun}`,
    }),
  ]
}

function updateRoute(
  { entity, path, access }: Operation,
  { method, body, summary }: { method: 'PUT' | 'PATCH'; body: z.ZodType; summary: string },
): RouteOptions {
  return route(`${method} ${path}/:id`, {
    access,
    tenant: 'required',
    summary,
    params: { id: entity.id },
    headers: conditions,
    body,
    returns: entity.shown,
    raises: [notFound, stale, condition, conflict, invalid],
    handle: async ({ db, params, headers, body: given, actor, principal, placement, reply }) => {
      const version = demandedVersion(headers['if-match'], headers['if-none-match'])
      const owner = ownerFor(entity, { principal, placement })
      const mayRefer = mayReferFor({ principal, placement })
      const changes: object = Object(given)
      const event = entityEvent(entity, 'update', { id: params.id, fields: Object.keys(changes) })
      const row = await db.transaction(async (tx) => {
        const changed = await entity.update(tx, params.id, changes, { version, owner, mayRefer })
        await record(tx, actor, event)
        return changed
      })
      reply.header('etag', etagOf(row))
      return entity.present(row)
    },
  })
}

/** `DELETE /api/v1/products/:id`. */
export function deleteRoute({ entity, path, access }: Operation): RouteOptions {
  return route(`DELETE ${path}/:id`, {
    access,
    tenant: 'required',
    summary: `Delete one ${words(entity.name)}`,
    params: { id: entity.id },
    headers: conditions,
    raises: [notFound, stale, condition, inUse],
    handle: async ({ db, params, headers, actor, principal, placement }) => {
      const version = demandedVersion(headers['if-match'], headers['if-none-match'])
      const owner = ownerFor(entity, { principal, placement })
      await db.transaction(async (tx) => {
        await entity.remove(tx, params.id, { version, owner })
        await record(tx, actor, entityEvent(entity, 'delete', { id: params.id }))
      })
    },
  })
}

/** `POST /api/v1/products/:id/restore`: takes a deleted row back. */
export function restoreRoute({ entity, path, access }: Operation): RouteOptions {
  return route(`POST ${path}/:id/restore`, {
    access,
    tenant: 'required',
    summary: `Take back one deleted ${words(entity.name)}`,
    params: { id: entity.id },
    headers: conditions,
    returns: entity.shown,
    raises: [notFound, stale, condition, conflict],
    handle: async ({ db, params, headers, actor, principal, placement, reply }) => {
      const version = demandedVersion(headers['if-match'], headers['if-none-match'])
      const owner = ownerFor(entity, { principal, placement })
      const row = await db.transaction(async (tx) => {
        const restored = await entity.restore(tx, params.id, { version, owner })
        await record(tx, actor, entityEvent(entity, 'restore', { id: params.id }))
        return restored
      })
      reply.header('etag', etagOf(row))
      return entity.present(row)
    },
  })
}
