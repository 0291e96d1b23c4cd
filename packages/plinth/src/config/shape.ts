import { z } from 'zod'

/** One layer of a settings schema without its wrappers. */
export interface Shape {
  /** The schema below optional, default, transform and the like. */
  readonly base: z.core.$ZodType
  /** The key may be left out. */
  readonly mayBeAbsent: boolean
  /** `null` is a value of its own. */
  readonly acceptsNull: boolean
  /** Value of a key that is left out, as a caller would write it. */
  readonly fallback: unknown
  /** Marked with `.meta({ secret: true })`: never printed. */
  readonly secret: boolean
  readonly description: string | undefined
}

const shapes = new WeakMap<z.core.$ZodType, Shape>()

/** Looks through the wrappers of a schema. */
export function shapeOf(schema: z.core.$ZodType): Shape {
  const shape = shapes.get(schema) ?? lookThrough(schema)
  shapes.set(schema, shape)
  return shape
}

function lookThrough(schema: z.core.$ZodType): Shape {
  let shape: Shape = {
    base: schema,
    mayBeAbsent: false,
    acceptsNull: false,
    fallback: undefined,
    secret: false,
    description: undefined,
  }
  for (let layer: z.core.$ZodType | undefined = schema; layer !== undefined; layer = below(layer)) {
    shape = withLayer(shape, layer)
  }
  return shape
}

function withLayer(shape: Shape, layer: z.core.$ZodType): Shape {
  const facts = z.globalRegistry.get(layer)
  return {
    base: layer,
    mayBeAbsent: shape.mayBeAbsent || layer instanceof z.ZodOptional || isDefault(layer),
    acceptsNull: shape.acceptsNull || layer instanceof z.ZodNullable,
    fallback: shape.fallback === undefined ? defaultOf(layer) : shape.fallback,
    secret: shape.secret || facts?.['secret'] === true,
    description: shape.description ?? facts?.description,
  }
}

function defaultOf(schema: z.core.$ZodType): unknown {
  return isDefault(schema) ? schema.def.defaultValue : undefined
}

function isDefault(schema: z.core.$ZodType): schema is z.ZodDefault | z.ZodPrefault {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
}

function below(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodPipe) return saysMore(schema) ? schema.out : schema.in
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return schema.unwrap()
  if (isDefault(schema) || schema instanceof z.ZodReadonly) return schema.unwrap()
  return undefined
}

// What goes in tells what a person may write, unless only what comes out has a name for it.
function saysMore({ in: given, out }: z.ZodPipe): boolean {
  return given instanceof z.ZodTransform || out instanceof z.ZodEnum
}

/** The schema of one key below a schema; undefined when there is no such key. */
export function childOf(schema: z.core.$ZodType, name: string): z.core.$ZodType | undefined {
  const { base } = shapeOf(schema)
  if (base instanceof z.ZodObject)
    return Object.hasOwn(base.shape, name) ? base.shape[name] : undefined
  if (base instanceof z.ZodRecord) return base.valueType
  if (base instanceof z.ZodArray && /^\d+$/.test(name)) return base.element
  return undefined
}

/** The schema at a dotted key; undefined when the schema has no such key. */
export function schemaAt(schema: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema
  for (const name of key.split('.')) at = at === undefined ? undefined : childOf(at, name)
  return at
}
