import type { AnyEntity } from 'plinth/data'
import type { Random } from '../sample/random.ts'
import { valueForSchema } from '../sample/value-for-schema.ts'
import type { SeededRows } from './seeded-rows.ts'
import type { Target } from './target.ts'
import { entityOfParam } from './target.ts'

/** What the input of requests is made from. */
export interface InputSource {
  readonly random: Random
  readonly entities: readonly AnyEntity[]
  toJsonSchema(schema: unknown): Readonly<Record<string, unknown>>
}

/** Whose rows a request names, and which of the two; ids by the URL of the list that shows them. */
export interface Subject {
  readonly rows: ReadonlyMap<string, SeededRows>
  readonly ids: ReadonlyMap<string, string>
}

/** Which row a request is about: one of a subject, or one that nobody has. */
export type Which = 'kept' | 'own' | 'unknown'

const ATTEMPTS = 10

/** The path and query of a request to a route. */
export function pathFor(
  source: InputSource,
  target: Target,
  { subject, which }: { readonly subject: Subject; readonly which: Which },
): string {
  const path = target.params.reduce((url, param) => {
    const id = idFor(source, target, { param, subject, which })
    return url.replace(`:${param}`, encodeURIComponent(id))
  }, target.url)
  return path.replace('*', 'x') + queryFor(source, target)
}

interface Naming {
  readonly param: string
  readonly subject: Subject
  readonly which: Which
}

function idFor(source: InputSource, target: Target, { param, subject, which }: Naming): string {
  const entity = entityOfParam(target, param, source.entities)
  const rows = entity && subject.rows.get(entity.name)
  if (rows !== undefined && which !== 'unknown') return rows[which].id
  const list = target.url.slice(0, target.url.indexOf(`/:${param}`))
  const known = which === 'unknown' ? undefined : subject.ids.get(list)
  return known ?? sampled(source, target, param)
}

function sampled(source: InputSource, { facts }: Target, param: string): string {
  const { params } = facts.schemas
  const json = params === undefined ? {} : source.toJsonSchema(params)
  const field = Reflect.get(Object(json['properties']), param) ?? { type: 'string', format: 'uuid' }
  return String(valueForSchema(source, field))
}

/** Whether a route names rows of somebody: ids that this tool has of both tenants. */
export function namesRows(source: InputSource, target: Target, { rows, ids }: Subject): boolean {
  return target.params.some((param) => {
    const entity = entityOfParam(target, param, source.entities)
    if (entity?.declaration.owned === 'nobody') return false
    if (entity !== undefined && rows.has(entity.name)) return true
    return ids.has(target.url.slice(0, target.url.indexOf(`/:${param}`)))
  })
}

function queryFor(source: InputSource, { facts }: Target): string {
  const { query } = facts.schemas
  if (query === undefined) return ''
  const value = valueForSchema(source, source.toJsonSchema(query))
  const fields = Object.entries(Object(value)).map(([name, one]) => [name, String(one)] as const)
  return fields.length === 0 ? '' : `?${new URLSearchParams(Object.fromEntries(fields))}`
}

/** A body that a route most likely takes; undefined where it takes none. References point at rows of the subject. */
export function bodyFor(
  source: InputSource,
  target: Target,
  subject: Subject,
): Readonly<Record<string, unknown>> | undefined {
  const { body } = target.facts.schemas
  if (body === undefined) return undefined
  const json = source.toJsonSchema(body)
  let last = {}
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const made = valueForSchema({ ...source, optional: attempt < ATTEMPTS - 2 }, json)
    last = withReferences({ ...Object(made) }, target, { source, subject })
    if (takes(body, last)) return last
  }
  return last
}

function withReferences(
  body: Record<string, unknown>,
  target: Target,
  { source, subject }: { readonly source: InputSource; readonly subject: Subject },
): Record<string, unknown> {
  for (const field of Object.keys(body)) {
    const { column, to } = referenceOf(source, target, field)
    const row = to && subject.rows.get(to.name)
    if (row !== undefined) body[field] = row.kept.id
    else if (column?.reference !== undefined && column.nullable) body[field] = null
  }
  return body
}

/** The column of a field, and the entity that the field refers to: as declared, or by its name (`product_id`). */
function referenceOf({ entities }: InputSource, { entity }: Target, field: string) {
  const column = entity?.declaration.columns.find(({ name }) => name === field)
  const called = column?.reference?.to ?? field.replace(/_?[iI]d$/, '')
  return { column, to: entities.find(({ name }) => name === called && field !== called) }
}

/**
 * Every reference that the body of a route can hold, to rows of a tenant: what somebody of another
 * tenant may not write. Rows of nobody are everybody's to refer to.
 */
export function referencesInto(
  source: InputSource,
  target: Target,
  { rows }: Pick<Subject, 'rows'>,
): Readonly<Record<string, string>> {
  const { body } = target.facts.schemas
  const json = body === undefined ? {} : source.toJsonSchema(body)
  const found = Object.keys(Object(json['properties'])).flatMap((field) => {
    const { to } = referenceOf(source, target, field)
    const row = to?.declaration.owned === 'nobody' ? undefined : rows.get(to?.name ?? '')
    return row === undefined ? [] : [[field, row.kept.id] as const]
  })
  return Object.fromEntries(found)
}

function takes(schema: object, value: unknown): boolean {
  const parse: unknown = Reflect.get(schema, 'safeParse')
  if (typeof parse !== 'function') return true
  const found: unknown = parse.call(schema, value)
  return Reflect.get(Object(found), 'success') === true
}
