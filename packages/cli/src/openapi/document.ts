/** Any object of an OpenAPI document. */
export interface Json {
  readonly [key: string]: unknown
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options'])

/** One operation of a document. */
export interface Operation {
  /** `GET /api/v1/products/{id}`, as the document writes it. */
  readonly name: string
  /** Its place in the list, without the names of path parameters: callers never see those. */
  readonly key: string
  readonly json: Json
}

/** All operations of a document by their key. */
export function operationsOf(document: Json): ReadonlyMap<string, Operation> {
  const found = new Map<string, Operation>()
  for (const [path, item] of Object.entries(objectAt(document, 'paths'))) {
    for (const [method, json] of Object.entries(asObject(item))) {
      if (!METHODS.has(method)) continue
      const verb = method.toUpperCase()
      const key = `${verb} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`
      found.set(key, { name: `${verb} ${path}`, key, json: asObject(json) })
    }
  }
  return found
}

/** The value as an object; an empty one for anything else. */
export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** The object under a key; an empty one where there is none. */
export function objectAt(json: Json, key: string): Json {
  return asObject(json[key])
}

/** The list under a key; an empty one where there is none. */
export function listAt(json: Json, key: string): readonly unknown[] {
  const value = json[key]
  return Array.isArray(value) ? value : []
}

/** The texts of a list under a key. */
export function textsAt(json: Json, key: string): readonly string[] {
  return listAt(json, key).filter((one) => typeof one === 'string')
}

/** Follows `#/components/schemas/…`; a schema that points nowhere stays as it is. */
export function resolved(document: Json, schema: Json): Json {
  const pointer = schema['$ref']
  if (typeof pointer !== 'string') return schema
  const target = pointer
    .replace(/^#\//, '')
    .split('/')
    .reduce<Json>((json, key) => objectAt(json, key), document)
  return Object.keys(target).length === 0 ? schema : target
}
