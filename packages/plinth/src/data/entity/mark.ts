import type { z } from 'zod'
import type { Reference } from './ref.ts'

/** What Zod itself cannot say about a field. */
export type Mark =
  | { readonly kind: 'money' | 'bigint' | 'timestamp' | 'json' | 'bytes' | 'owner' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | ({ readonly kind: 'reference' } & Reference)

const MARK = 'plinthMark'

interface MarkedDefinition {
  readonly type: string
  readonly [MARK]?: Mark
}

/**
 * Writes a mark into a schema's definition. Zod copies the definition whenever `.min()`,
 * `.refine()` or `.describe()` clone the schema, so the mark survives them.
 */
export function mark<S extends z.ZodType>(schema: S, fact: Mark): S {
  return schema.clone(Object.assign({}, schema.def, { [MARK]: fact }))
}

/** The mark of a schema, if one of our own functions made it. */
export function markOf(schema: z.core.$ZodType): Mark | undefined {
  const definition: MarkedDefinition = schema._zod.def
  return definition[MARK]
}
