import { z } from 'zod'

/** A JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** Named schemas of the document: what `#/components/schemas/` points at. */
export type Components = Map<string, JsonSchema>

/** Which side of a Zod schema the wire shows: requests its input, answers its output. */
export type Side = 'input' | 'output'

/** One self-contained JSON Schema; for parameters, which have no references. */
export function toJsonSchema(schema: z.core.$ZodType, side: Side): JsonSchema {
  const { $schema, ...json } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: side,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => tidy(jsonSchema),
  })
  return anyJsonIsAnything(json)
}

/**
 * `z.json()` comes out as a definition that refers to itself. It says no more than `{}` does, and
 * tools that unfold references would go on for ever.
 */
function anyJsonIsAnything({ $defs, ...root }: JsonSchema): JsonSchema {
  const definitions = Object.entries(($defs ?? {}) as Readonly<Record<string, JsonSchema>>)
  const anything = new Set(definitions.filter(isAnyJson).map(([id]) => `#/$defs/${id}`))
  const left = definitions.filter(([id]) => !anything.has(`#/$defs/${id}`))
  const all = left.length === 0 ? root : { ...root, $defs: Object.fromEntries(left) }
  return anything.size === 0 ? all : (without(all, anything) as JsonSchema)
}

const OF_JSON = ['string', 'number', 'boolean', 'null', 'array', 'object']

function isAnyJson([id, { anyOf }]: readonly [string, JsonSchema]): boolean {
  if (!Array.isArray(anyOf) || anyOf.length !== OF_JSON.length) return false
  const types = (anyOf as readonly JsonSchema[]).map(({ type }) => type)
  return (
    types.join() === OF_JSON.join() && JSON.stringify(anyOf).split(`"#/$defs/${id}"`).length === 3
  )
}

function without(value: unknown, references: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, references))
  if (typeof value !== 'object' || value === null) return value
  if ('$ref' in value && typeof value.$ref === 'string' && references.has(value.$ref)) return {}
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, without(inner, references)]),
  )
}

// Zod writes these formats out as patterns of several hundred characters that no reader needs.
const SELF_EXPLAINING = new Set(['date', 'date-time', 'email', 'time', 'uuid'])
const INT32 = { minimum: -2_147_483_648, maximum: 2_147_483_647 }

/** Takes out what only repeats the format or the limits of a JavaScript number. */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  if (SELF_EXPLAINING.has(schema.format ?? '')) delete schema.pattern
  if (schema.type === 'integer' && schema.maximum === INT32.maximum) {
    schema.format = 'int32'
    delete schema.maximum
  }
  if (schema.minimum === INT32.minimum) delete schema.minimum
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
}

/**
 * A JSON Schema whose definitions (from `.meta({ id })` and from recursion) stand in the components.
 * @param name what to call the schema itself when it refers to itself
 */
export function toComponent(
  schema: z.core.$ZodType,
  { side, name, components }: { side: Side; name: string; components: Components },
): JsonSchema {
  const { $defs = {}, ...root } = toJsonSchema(schema, side)
  const names = new Map<string, string>()
  for (const [id, definition] of Object.entries($defs as Record<string, JsonSchema>)) {
    names.set(id, freeName(components, id.startsWith('__') ? name + id.slice(2) : id, definition))
  }
  for (const [id, definition] of Object.entries($defs as Record<string, JsonSchema>)) {
    components.set(names.get(id) ?? id, withReferences(definition, names, name) as JsonSchema)
  }
  const rewritten = withReferences(root, names, name) as JsonSchema
  if (!JSON.stringify(rewritten).includes(`"${POINTER}${name}"`)) return rewritten
  components.set(name, rewritten)
  return { $ref: POINTER + name }
}

const POINTER = '#/components/schemas/'

/** The same schema keeps its name; another one of that name, as its input side, gets its own. */
function freeName(components: Components, id: string, definition: JsonSchema): string {
  const known = components.get(id)
  if (known === undefined || JSON.stringify(known) === JSON.stringify(definition)) return id
  return freeName(components, `${id}Input`, definition)
}

function withReferences(value: unknown, names: ReadonlyMap<string, string>, self: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, names, self))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== '$ref' || typeof inner !== 'string')
        return [key, withReferences(inner, names, self)]
      const id = inner.replace('#/$defs/', '')
      return [key, POINTER + (inner === '#' ? self : (names.get(id) ?? id))]
    }),
  )
}
