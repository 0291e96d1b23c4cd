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
export function bodyFor(source: InputSource, target: Target, subject: Subject): object | undefined {
  const { body } = target.facts.schemas
  if (body === undefined) return undefined
  const json = source.toJsonSchema(body)
  let last: object = {}
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const made = valueForSchema({ ...source, optional: attempt < ATTEMPTS - 2 }, json)
    last = withReferences(Object(made), target, { source, subject })
    if (takes(body, last)) return last
  }
  return last
}

/** References of a body, and of the rows that it brings several of, point at rows of the subject. */
function withReferences(
  body: object,
  target: Target,
  filling: { readonly source: InputSource; readonly subject: Subject },
): object {
  if (Array.isArray(body)) return body.map((one) => withReferences(one, target, filling))
  const { source, subject } = filling
  const pointed = (field: string, value: unknown): unknown => {
    const { column, to } = referenceOf(source, target, field)
    const row = to && subject.rows.get(to.name)
    if (row !== undefined) return row.kept.id
    if (column?.reference !== undefined && column.nullable) return null
    return holdsRows(value) ? withReferences(value, target, filling) : value
  }
  return Object.fromEntries(
    Object.entries(body).map(([field, value]) => [field, pointed(field, value)]),
  )
}

function holdsRows(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null)
}

/** The column of a field, and the entity that the field refers to: as declared, or by its name (`product_id`). */
function referenceOf({ entities }: InputSource, { entity }: Target, field: string) {
  const column = entity?.declaration.columns.find(({ name }) => name === field)
  const called = column?.reference?.to ?? field.replace(/_?[iI]d$/, '')
  return { column, to: entities.find(({ name }) => name === called && field !== called) }
}

/** A field that refers to rows, in a body or in each of the rows that it brings. */
export interface ReferenceField {
  /** Names on the way to it: `['items', 'product_id']`. */
  readonly steps: readonly string[]
  readonly to: AnyEntity
}

/** Every reference to somebody's rows that the body of a route can hold. Rows of nobody are everybody's to refer to. */
export function referencesIn(source: InputSource, target: Target): readonly ReferenceField[] {
  const { body } = target.facts.schemas
  const found = (json: unknown): readonly ReferenceField[] => {
    const ways = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => Reflect.get(Object(json), key) ?? [])
    const fields = Object.entries(Object(Reflect.get(Object(json), 'properties')))
    return [...ways.flatMap(found), ...rowsIn(json).flatMap(found), ...fields.flatMap(inField)]
  }
  const inField = ([field, json]: [string, unknown]): readonly ReferenceField[] => {
    const { to } = referenceOf(source, target, field)
    if (to !== undefined) return to.declaration.owned === 'nobody' ? [] : [{ steps: [field], to }]
    const inner = rowsIn(json).flatMap(found)
    return inner.map((one) => ({ ...one, steps: [field, ...one.steps] }))
  }
  const fields = body === undefined ? [] : found(source.toJsonSchema(body))
  return [...new Map(fields.map((one) => [one.steps.join('.'), one])).values()]
}

/** The schema of the rows that a list holds. */
function rowsIn(json: unknown): readonly unknown[] {
  const items: unknown = Reflect.get(Object(json), 'items')
  return items === undefined ? [] : [items]
}

/** A body as JSON whose field, in each row on the way to it, holds an id. */
export function withReference(body: string | undefined, { steps }: ReferenceField, id: string) {
  const put = (value: unknown, [step = '', ...others]: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((one) => put(one, [step, ...others]))
    const inner: unknown = Reflect.get(Object(value), step)
    return { ...Object(value), [step]: others.length === 0 ? id : put(inner, others) }
  }
  return JSON.stringify(put(JSON.parse(body ?? '{}'), steps))
}

function takes(schema: object, value: unknown): boolean {
  const parse: unknown = Reflect.get(schema, 'safeParse')
  if (typeof parse !== 'function') return true
  const found: unknown = parse.call(schema, value)
  return Reflect.get(Object(found), 'success') === true
}
