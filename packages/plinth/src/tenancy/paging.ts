import { z } from 'zod'

const [PAGE, LARGEST_PAGE, DEEPEST] = [50, 100, 10_000]

/** Query fields of a list (decision D3). */
export const paging = {
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(PAGE).describe('Page size'),
  offset: z.coerce.number().int().min(0).max(DEEPEST).default(0).describe('Items to pass over'),
  cursor: z.uuid().optional().describe('next_cursor of the page before'),
  count: z.literal('exact').optional().describe('Also count all items'),
}

/** What was asked of a list. */
export interface Asked {
  readonly limit: number
  readonly offset: number
  readonly cursor?: string | undefined
  readonly count?: 'exact' | undefined
}

/** Items to pass over: what the page before a cursor passed over is behind it. */
export function skippedBy({ cursor, offset }: Pick<Asked, 'cursor' | 'offset'>): number {
  return cursor === undefined ? offset : 0
}

/** The schema of a page. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({
    items: z.array(item),
    count: z.int32(),
    limit: z.int32(),
    offset: z.int32(),
    total: z.int32().nullable(),
    next_cursor: z.string().nullable(),
  })
}

/**
 * Makes a page of rows, of which one more than the limit was read.
 * @param next where the page after the last row begins
 */
export function pageFrom<T>(
  rows: readonly T[],
  { limit, offset }: Pick<Asked, 'limit' | 'offset'>,
  { total, next }: { readonly total: number | null; readonly next: (row: T) => string },
) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next_cursor = rows.length > limit && last !== undefined ? next(last) : null
  return { items, count: items.length, limit, offset, total, next_cursor }
}
