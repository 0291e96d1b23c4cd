import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Access } from '../access/index.ts'
import type { AnyEntity } from '../data/index.ts'
import { entityProblems } from '../data/index.ts'
import { route } from '../feature/index.ts'
import { etagOf } from './precondition.ts'

/** One operation of an entity at its place. */
export interface Operation {
  readonly entity: AnyEntity
  readonly path: `/${string}`
  readonly access: Access
}

const [PAGE, LARGEST_PAGE, DEEPEST] = [50, 100, 10_000]

/** `GET /api/v1/products`: a page, newest first. */
export function listRoute({ entity, path, access }: Operation): RouteOptions {
  return route(`GET ${path}`, {
    access,
    tenant: 'required',
    summary: `List ${words(entity.plural)}, newest first`,
    query: {
      limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(PAGE).describe('Page size'),
      offset: z.coerce
        .number()
        .int()
        .min(0)
        .max(DEEPEST)
        .default(0)
        .describe('Rows to skip; use cursor to go deep'),
      cursor: z.string().max(200).optional().describe('next_cursor of the page before'),
      count: z.literal('exact').optional().describe('Counts all rows, which is slow'),
    },
    returns: z.object({
      items: z.array(entity.shown),
      count: z.int32(),
      limit: z.int32(),
      offset: z.int32(),
      total: z.int().nullable(),
      next_cursor: z.string().nullable(),
    }),
    raises: [entityProblems.cursor],
    handle: async ({ db, query: { limit, offset, cursor, count } }) => {
      const page = await entity.list(db, {
        limit,
        offset,
        ...(cursor !== undefined && { cursor }),
        ...(count !== undefined && { count }),
      })
      const items = page.items.map((row) => entity.present(row))
      const { total, nextCursor: next_cursor } = page
      return { items, count: items.length, limit, offset, total, next_cursor }
    },
  })
}

/** `GET /api/v1/products/:id`: one row and its ETag. */
export function getRoute({ entity, path, access }: Operation): RouteOptions {
  return route(`GET ${path}/:id`, {
    access,
    tenant: 'required',
    summary: `Read one ${words(entity.name)}`,
    params: { id: entity.id },
    returns: entity.shown,
    raises: [entityProblems.notFound],
    handle: async ({ db, params, reply }) => {
      const row = await entity.get(db, params.id)
      reply.header('etag', etagOf(row))
      return entity.present(row)
    },
  })
}

/** A declared name as people say it. */
export function words(name: string): string {
  return name.replaceAll('_', ' ')
}
