import { z } from 'zod'

type Parts = readonly z.core.$ZodType[]

/**
 * Whether every value that a schema lets through is plain JSON, seen from what it is made of: to write
 * the JSON Schema of each schema would be a tenth of a service's start.
 * @returns false also where only `z.toJSONSchema()` can tell
 */
export function isPlainJson(
  schema: z.core.$ZodType,
  seen: Set<z.core.$ZodType> = new Set(),
): boolean {
  if (seen.has(schema)) return true
  seen.add(schema)
  // A name is not alone: two schemas of one name cannot be written together.
  const named = z.globalRegistry.get(schema)?.id !== undefined
  if (named || schema._zod.toJSONSchema !== undefined) return false
  return partsOf(schema)?.every((part) => isPlainJson(part, seen)) ?? false
}

/** What a schema is made of; undefined for one that may hold what JSON cannot say. */
function partsOf(schema: z.core.$ZodType): Parts | undefined {
  const { parent } = schema._zod
  const parts = ownParts(schema)
  // What describe() and meta() were called on: it may have a name.
  return parent === undefined ? parts : parts?.concat(parent)
}

function ownParts(schema: z.core.$ZodType): Parts | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'enum':
    case 'unknown':
    case 'never':
      return []
    case 'literal':
      return def.values.every(isWritable) ? [] : undefined
    case 'object':
      return fieldsOf(def)
    case 'array':
      return [def.element]
    case 'record':
      return [def.keyType, def.valueType]
    case 'union':
      return def.options
    case 'lazy':
      return [def.getter()]
    case 'nullable':
    case 'optional':
    case 'readonly':
      return [def.innerType]
    case 'default':
      return isWritable(def.defaultValue) ? [def.innerType] : undefined
    default:
      return undefined
  }
}

function fieldsOf({ shape, catchall }: z.core.$ZodObjectDef): Parts | undefined {
  if (Object.getOwnPropertySymbols(shape).length > 0) return undefined
  return [...Object.values(shape), ...(catchall ? [catchall] : [])]
}

function isWritable(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
