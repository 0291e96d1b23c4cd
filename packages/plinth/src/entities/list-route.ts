import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { AnyEntity } from '../data/index.ts'
import { entityProblems } from '../data/index.ts'
import { route } from '../feature/index.ts'
import { choiceParameters } from './choice-parameters.ts'
import { expandablesOf, expansionsFor } from './expansions.ts'
import { filterParameters } from './filter-parameters.ts'
import { offeredWhere } from './offered-fields.ts'
import type { Operation } from './operation.ts'
import { words } from './operation.ts'
import { sendAsIs, shownRows } from './shown-rows.ts'
import { sortParameter } from './sort-parameter.ts'
import { scopeFor } from './visible-rows.ts'

const [PAGE, LARGEST_PAGE, DEEPEST] = [50, 100, 10_000]
const LONGEST_CURSOR = 6_000
const LONGEST_SEARCH = 200

/** `GET /api/v1/products`: a page, newest first unless a sort is asked for. */
export function listRoute({ entity, path, access, expand }: Operation): RouteOptions {
  const expandables = expandablesOf(entity, expand)
  const rows = shownRows(entity, expandables)
  const filters = filterParameters(entity)
  return route(`GET ${path}`, {
    access,
    tenant: 'required',
    summary: `List ${words(entity.plural)}, newest first`,
    query: {
      ...PAGING,
      ...choiceParameters(rows, expandables),
      sort: sortParameter(entity),
      ...searchParameter(entity),
      ...deletedParameter(entity),
      ...filters.parameters,
    },
    whyNoQuery: filters.whyNot,
    returns: pageOf(rows.schema),
    raises: [entityProblems.cursor, entityProblems.invalid],
    handle: async ({ db, query, principal, placement, reply }) => {
      const { limit, offset, cursor, count, fields, sort, search, deleted } = query
      const asker = { principal, placement }
      const page = await entity.list(db, {
        limit,
        offset,
        ...scopeFor(entity, asker, deleted),
        filters: filters.filtersIn(query),
        expand: expansionsFor(expandables, query.expand, asker),
        cursor,
        count,
        sort,
        search,
      })
      const items = page.items.map((row) => rows.show(row, { fields, expanded: page.expanded }))
      if (fields !== undefined || rows.isFlat) sendAsIs(reply)
      const { total, nextCursor: next_cursor } = page
      return { items, count: items.length, limit, offset, total, next_cursor }
    },
  })
}

const PAGING = {
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(PAGE).describe('Page size'),
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(DEEPEST)
    .default(0)
    .describe('Rows to skip; use cursor to go deep'),
  cursor: z
    .string()
    .max(LONGEST_CURSOR)
    .optional()
    .describe('next_cursor of the page before; ask for all else as you did then'),
  count: z.literal('exact').optional().describe('Counts all rows, which is slow'),
}

function pageOf(row: z.ZodObject) {
  return z.object({
    items: z.array(row),
    count: z.int32(),
    limit: z.int32(),
    offset: z.int32(),
    total: z.int().nullable(),
    next_cursor: z.string().nullable(),
  })
}

function searchParameter({ declaration }: AnyEntity) {
  const names = declaration.search.join(', ')
  const search = z.string().trim().min(1).max(LONGEST_SEARCH).optional()
  return offeredWhere(declaration.searchFunction !== undefined, {
    search: search.describe(`Words in ${names}; of all rows with them the newest 1,000`),
  })
}

function deletedParameter({ declaration }: AnyEntity) {
  const deleted = z.enum(['with', 'only']).optional()
  return offeredWhere(declaration.softDelete, {
    deleted: deleted.describe('Deleted rows too, or only them, for those who may delete'),
  })
}
