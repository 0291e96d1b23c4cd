import type { z } from 'zod'

/** Query fields that a caller may leave out. */
type OptionalFields = { readonly [name: string]: z.ZodType<unknown> }

/**
 * Query fields, where there is something for them to ask; else none. To the compiler they are there
 * all the same: each may be left out, so a field that is not there reads like one left out.
 */
export function offeredWhere<F extends OptionalFields>(offered: boolean, fields: F): F {
  return offered ? fields : ({} as F)
}
