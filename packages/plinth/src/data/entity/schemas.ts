import { z } from 'zod'
import type { Column } from './column.ts'
import type { Declaration } from './declaration.ts'
import { idSchema } from './ref.ts'

/** The schemas that follow from a declaration. */
export interface EntitySchemas {
  /** A whole row as code reads it. */
  readonly row: z.ZodObject
  /** What an answer carries. */
  readonly shown: z.ZodObject
  /** What a request may give for a new row, or for the whole of an old one. */
  readonly create: z.ZodType
  /** What a request may change. */
  readonly patch: z.ZodType
  /** What code may give for a new row: hidden and server-only fields too. */
  readonly whole: z.ZodType
  /** What code may change. */
  readonly changes: z.ZodType
}

/** Derives every schema of an entity, field by field. */
export function schemasOf({ columns, computed }: Declaration): EntitySchemas {
  const taken = columns.filter(({ hidden, serverOnly }) => !hidden && !serverOnly)
  const shown = columns.filter(({ hidden }) => !hidden)
  return {
    row: z.object(wireShape(columns)),
    shown: z.object({
      ...wireShape(shown),
      ...Object.fromEntries(computed.map(({ name, schema }) => [name, schema])),
    }),
    create: z.strictObject(shapeOf(taken, forNew)),
    // Never .partial(): it would apply defaults, and a change of one field would reset the others.
    patch: z.strictObject(shapeOf(taken, forChange)),
    whole: z.strictObject(shapeOf(columns, forNew)),
    changes: z.strictObject(shapeOf(columns, forChange)),
  }
}

function shapeOf(
  columns: readonly Column[],
  of: (column: Column) => z.ZodType,
): Record<string, z.ZodType> {
  return Object.fromEntries(columns.map((column) => [column.name, described(column, of(column))]))
}

function wireShape(columns: readonly Column[]): Record<string, z.ZodType> {
  return {
    id: idSchema(),
    ...shapeOf(columns, ({ kind, schema, nullable }) => {
      const wire = kind.wire(schema)
      return nullable ? wire.nullable() : wire
    }),
    version: z.int32(),
    created_at: z.string().meta({ format: 'date-time' }),
    updated_at: z.string().meta({ format: 'date-time' }),
  }
}

function forNew({ schema, nullable, omissible, fallback }: Column): z.ZodType {
  const value = nullable ? schema.nullable() : schema
  if (fallback?.from === 'literal') return value.default(fallback.value)
  if (fallback !== undefined) return value.optional()
  return omissible ? value.default(null) : value
}

function forChange({ schema, nullable }: Column): z.ZodType {
  const value = nullable ? schema.nullable() : schema
  return value.exactOptional()
}

function described({ description }: Column, schema: z.ZodType): z.ZodType {
  return description === undefined ? schema : schema.describe(description)
}
