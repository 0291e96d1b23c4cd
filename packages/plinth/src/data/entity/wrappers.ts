import type { z } from 'zod'

/** What stands around a field's schema, taken off. */
export interface Unwrapped {
  /** The schema that describes the value itself. */
  readonly bare: z.ZodType
  readonly nullable: boolean
  /** Whether a request may leave the field out although it has no default. */
  readonly omissible: boolean
  /** The declared default, undefined for none. */
  readonly fallback: unknown
  readonly description: string | undefined
}

interface Layer {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly defaultValue?: unknown
}

/** Takes `nullable`, `optional` and `default` off a schema, in whatever order they stand. */
export function unwrap(schema: z.ZodType): Unwrapped {
  const layer: Layer = schema.def
  const inner = layer.innerType
  if (inner === undefined || !WRAPPERS.has(layer.type)) {
    const description = schema.description
    return { bare: schema, nullable: false, omissible: false, fallback: undefined, description }
  }
  const within = unwrap(inner)
  return {
    bare: within.bare,
    nullable: within.nullable || layer.type !== 'default',
    omissible: within.omissible || layer.type === 'optional',
    fallback: layer.type === 'default' ? layer.defaultValue : within.fallback,
    description: schema.description ?? within.description,
  }
}

const WRAPPERS = new Set(['nullable', 'optional', 'default'])
