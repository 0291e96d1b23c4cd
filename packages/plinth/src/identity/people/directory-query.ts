import { z } from 'zod'
import type { Db } from '../../data/index.ts'
import { readCursor, writeCursor } from '../../data/index.ts'

const [PAGE, LARGEST_PAGE, DEEPEST] = [50, 200, 10_000]
const ORDERS = ['created_at', 'last_name', 'email'] as const

/** What people are ordered by. */
export type Order = (typeof ORDERS)[number]

/** Query fields of a list of people (contract 9). */
export const directoryQuery = {
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(PAGE).describe('Page size'),
  offset: z.coerce.number().int().min(0).max(DEEPEST).default(0).describe('People to pass over'),
  cursor: z.string().max(2_000).optional().describe('next_cursor of the page before'),
  count: z.literal('exact').optional().describe('Also count all'),
  email: z.string().min(1).max(254).optional().describe('Part of the address, in any case'),
  status: z.enum(['active', 'inactive', 'archived']).optional(),
  is_active: z.enum(['true', 'false']).optional(),
  order_by: z.enum(ORDERS).default('created_at'),
  order_dir: z.enum(['asc', 'desc']).default('desc'),
}

/** What was asked of a list of people. */
export interface Asked {
  readonly limit: number
  readonly offset: number
  readonly count?: 'exact' | undefined
  readonly email?: string | undefined
  readonly status?: 'active' | 'inactive' | 'archived' | undefined
  readonly is_active?: boolean | undefined
  readonly order_by: Order
  readonly order_dir: 'asc' | 'desc'
  /** Key and id of the last person of the page before. */
  readonly after?: readonly [string, string] | undefined
}

/** What a query carries. */
export interface DirectoryQuery extends Omit<Asked, 'is_active' | 'after'> {
  readonly is_active?: 'true' | 'false' | undefined
  readonly cursor?: string | undefined
}

/**
 * Opens the cursor of a query. It counts for this tenant, this order and these filters only (TN-52).
 * @throws AppError entity.cursor_invalid
 */
export function askedOf(db: Db, { cursor, is_active: active, ...rest }: DirectoryQuery): Asked {
  const asked = { ...rest, is_active: active === undefined ? undefined : active === 'true' }
  if (cursor === undefined) return asked
  const [key, id] = readCursor(db, subjectOf(asked), cursor)
  return { ...asked, after: [String(key), String(id)] }
}

/** Where the next page begins. */
export function nextCursor(
  db: Db,
  asked: Asked,
  last: { readonly key: string; readonly id: string },
): string {
  return writeCursor(db, subjectOf(asked), [last.key, last.id])
}

function subjectOf({ email, status, is_active, order_by, order_dir }: Asked): string {
  return JSON.stringify(['people', email, status, is_active, order_by, order_dir])
}
