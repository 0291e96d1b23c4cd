import { z } from 'zod'

type Schema = z.core.JSONSchema.BaseSchema

/**
 * The JSON Schema that answers are written by. What writes them leaves out undeclared fields, so nothing
 * here forbids them: where a choice is to be made, if only between an object and null, an object with
 * such a field would be none of the two, and no answer at all.
 * @throws Error when JSON has no way to write what the schema says
 */
export function sentSchemaOf(schema: z.core.$ZodType): Schema {
  return tolerant(z.toJSONSchema(schema, { target: 'draft-7', io: 'output' })) as Schema
}

/** The same with its parts, wherever they stand in it. */
function tolerant(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(tolerant)
  if (typeof part !== 'object' || part === null) return part
  const { anyOf, oneOf, ...rest } = part as Schema
  const kept = Object.entries(rest).filter(
    ([name, inner]) => name !== 'additionalProperties' || inner !== false,
  )
  return {
    ...Object.fromEntries(kept.map(([name, inner]) => [name, tolerant(inner)])),
    ...choiceOf(anyOf ?? oneOf),
  }
}

/** Of several objects the one that fits to the letter goes first: a smaller one would fit the larger too. */
function choiceOf(choices: readonly Schema[] | undefined): object {
  if (choices === undefined) return {}
  const exact = choices.filter(({ type }) => type !== 'null').length > 1 ? choices : []
  return { anyOf: [...exact, ...choices.map(tolerant)] }
}
