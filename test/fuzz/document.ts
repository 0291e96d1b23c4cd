/** Any object of JSON. */
export interface Json {
  readonly [key: string]: unknown
}

/** One operation of an OpenAPI document, its references resolved. */
export interface Operation {
  readonly method: string
  /** `/api/v1/products/{id}`. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** Media type and schema of the body; undefined where it takes none. */
  readonly body: { readonly type: string; readonly schema: Json } | undefined
  /** By status, `default` included: the schema of each media type. */
  readonly responses: ReadonlyMap<string, ReadonlyMap<string, Json>>
  /** Whether a session is asked for. */
  readonly signedIn: boolean
}

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string
  readonly place: string
  readonly required: boolean
  readonly schema: Json
}

/** Every operation of a document. */
export function operationsOf(text: string): readonly Operation[] {
  const document: Json = JSON.parse(text)
  return entriesAt(document, 'paths').flatMap(([path, item]) =>
    Object.entries(Object(item)).map(([method, one]): Operation => {
      const json = withoutReferences(document, one) as Json
      const [type, content] = entriesAt(Object(json['requestBody']), 'content')[0] ?? []
      return {
        method: method.toUpperCase(),
        path,
        parameters: listAt(json, 'parameters').map(parameterOf),
        body: type === undefined ? undefined : { type, schema: Object(Object(content)['schema']) },
        responses: new Map(
          entriesAt(json, 'responses').map(([status, response]) => [status, schemasIn(response)]),
        ),
        signedIn: JSON.stringify(json['security'] ?? []).includes('session'),
      }
    }),
  )
}

function parameterOf(one: unknown): Parameter {
  const { name, in: place, required, schema } = Object(one)
  return { name: String(name), place: String(place), required: required === true, schema }
}

function schemasIn(response: unknown): ReadonlyMap<string, Json> {
  const types = entriesAt(Object(response), 'content')
  return new Map(types.map(([type, content]) => [type, Object(Object(content)['schema'])]))
}

function entriesAt(json: Json, key: string): readonly (readonly [string, unknown])[] {
  return Object.entries(Object(json[key]))
}

function listAt(json: Json, key: string): readonly unknown[] {
  const list = json[key]
  return Array.isArray(list) ? list : []
}

/** The same JSON with what `$ref` points at in its place; the document of the template has no circles. */
function withoutReferences(document: Json, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutReferences(document, one))
  if (typeof value !== 'object' || value === null) return value
  const pointer = Reflect.get(value, '$ref')
  if (typeof pointer === 'string') {
    const target = pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((json, key) => Reflect.get(Object(json), key), document)
    return withoutReferences(document, target)
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutReferences(document, inner)]),
  )
}
