import { z } from 'zod'
import { mark, markOf } from './mark.ts'
import { isPlainJson } from './plain-json.ts'

/**
 * Any JSON that a schema describes; `jsonb` in the table. PostgreSQL cannot filter it by index
 * below a row-level policy: keep what you search for in columns of its own.
 * @throws TypeError when the schema holds what JSON cannot say: dates, bigints, transforms; or
 *   takes null, which the column could not tell from its own NULL
 */
export function json<S extends z.ZodType>(schema: S): S {
  if (!isPlainJson(schema)) refuseUnwritable(schema)
  if (schema.safeParse(null).success) {
    throw new TypeError('json(): the schema takes null; say json(…).nullable() around it')
  }
  return mark(schema, { kind: 'json' })
}

/** Whether a schema is that of a JSON column: what its rows hold may be older than it. */
export function isStoredJson(schema: z.core.$ZodType): boolean {
  return markOf(schema)?.kind === 'json'
}

function refuseUnwritable(schema: z.ZodType): void {
  try {
    z.toJSONSchema(schema, { io: 'output' })
    z.toJSONSchema(schema, { io: 'input' })
  } catch (cause) {
    throw new TypeError(`json(): the schema must describe plain JSON (${String(cause)})`, { cause })
  }
}

let jsonObjects: z.ZodRecord<z.ZodString, ReturnType<typeof z.json>> | undefined

/** Any JSON object. Held against the rule of `json()` once, however many tables have such a column. */
export function jsonObject(): z.ZodRecord<z.ZodString, ReturnType<typeof z.json>> {
  jsonObjects ??= json(z.record(z.string(), z.json()))
  return jsonObjects
}
