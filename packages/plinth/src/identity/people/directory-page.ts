import { z } from 'zod'

/** The schema of a page (D3). */
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

/** A page of rows, of which one more than the limit was read. */
export function pageFrom<T>(
  rows: readonly T[],
  { limit, offset }: { readonly limit: number; readonly offset: number },
  { total, next }: { readonly total: number | null; readonly next: (last: T) => string },
) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next_cursor = rows.length > limit && last !== undefined ? next(last) : null
  return { items, count: items.length, limit, offset, total, next_cursor }
}
