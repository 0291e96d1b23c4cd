import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { auditStatement, record } from '../audit/index.ts'
import { entityProblems } from '../data/index.ts'
import { route } from '../feature/index.ts'
import { entityEvent } from './entity-event.ts'
import { demandedVersion, etagOf } from './precondition.ts'
import type { Operation } from './read-routes.ts'
import { words } from './read-routes.ts'

const ifMatch = { 'if-match': z.string().max(200).optional() }

/** `POST /api/v1/products`: the row and its audit row in one round trip. */
export function createRoute({ entity, path, access }: Operation): RouteOptions {
  return route(`POST ${path}`, {
    access,
    tenant: 'required',
    summary: `Add a ${words(entity.name)}`,
    body: entity.create,
    returns: entity.shown,
    status: 201,
    raises: [entityProblems.conflict, entityProblems.invalid],
    handle: async ({ db, body, actor, reply }) => {
      const given = Object(body)
      const fields = Object.keys(given)
      const row = await entity.insert(db, given, (id) => [
        auditStatement(db.tenant, actor, entityEvent(entity, 'create', { id, fields })),
      ])
      reply.header('location', `${path}/${row.id}`).header('etag', etagOf(row))
      return entity.present(row)
    },
  })
}

/**
 * `PUT` replaces every field that a client may set: what is left out falls back to its default.
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
    headers: ifMatch,
    body,
    returns: entity.shown,
    raises: [
      entityProblems.notFound,
      entityProblems.stale,
      entityProblems.conflict,
      entityProblems.invalid,
    ],
    handle: async ({ db, params, headers, body: given, actor, reply }) => {
      const version = demandedVersion(headers['if-match'])
      const changes = Object(given)
      const fields = Object.keys(changes)
      const row = await db.transaction(async (tx) => {
        const changed = await entity.update(tx, params.id, changes, versionOption(version))
        await record(tx, actor, entityEvent(entity, 'update', { id: params.id, fields }))
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
    headers: ifMatch,
    raises: [entityProblems.notFound, entityProblems.stale, entityProblems.inUse],
    handle: async ({ db, params, headers, actor }) => {
      const version = demandedVersion(headers['if-match'])
      await db.transaction(async (tx) => {
        await entity.remove(tx, params.id, versionOption(version))
        await record(tx, actor, entityEvent(entity, 'delete', { id: params.id }))
      })
    },
  })
}

function versionOption(version: number | undefined): { readonly version?: number } {
  return version === undefined ? {} : { version }
}
