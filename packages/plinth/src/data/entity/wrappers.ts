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
    fallback: layer.type === 'default' ? constantDefault(layer) : within.fallback,
    description: schema.description ?? within.description,
  }
}

/**
 * Zod asks a function for each default anew; a column's default is one value.
 * @throws TypeError when it is not the same twice
 */
function constantDefault(layer: Layer): unknown {
  const [once, again] = [layer.defaultValue, layer.defaultValue]
  if (JSON.stringify(once) === JSON.stringify(again)) return once
  throw new TypeError("its default is another one each time; say 'now', 'uuid' or one value")
}

const WRAPPERS = new Set(['nullable', 'optional', 'default'])
