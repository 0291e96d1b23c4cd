import type { AnyEntity } from 'plinth/data'
import type { RouteFacts } from 'plinth/feature'
import type { SourcePlace } from '../service-process/declared-places.ts'

/** A guarded route of the service. */
export interface Target {
  readonly method: string
  /** Template, as the census has it. */
  readonly url: string
  readonly facts: RouteFacts
  readonly place: SourcePlace | undefined
  /** Names of its parameters, in order. */
  readonly params: readonly string[]
  /** The entity whose rows it is about, as far as one can tell. */
  readonly entity: AnyEntity | undefined
}

/** `GET /api/v1/products/:id`. */
export function nameOf({ method, url }: Pick<Target, 'method' | 'url'>): string {
  return `${method} ${url}`
}

/** Whether it may change something. */
export function isUnsafe({ method }: Target): boolean {
  return method !== 'GET'
}

/** Whether a cookie counts there: only then can another site's page misuse one. */
export function looksAtCookies({ facts }: Target): boolean {
  return !facts.anonymous
}

/** The entity that a route is about: by its schemas, its permission, or its path. */
export function entityOf(
  url: string,
  { schemas, access }: RouteFacts,
  entities: readonly AnyEntity[],
): AnyEntity | undefined {
  const { body } = schemas
  const steps = url.split('/').map((step) => step.replaceAll('-', '_'))
  return (
    entities.find(
      ({ create, patch }) => body !== undefined && (body === create || body === patch),
    ) ??
    entities.findLast(({ plural }) => steps.includes(plural)) ??
    entities.find(({ name }) => access.kind === 'can' && access.permission.startsWith(`${name}:`))
  )
}

/** The entity that a parameter names a row of: by its schema, else by the step of the path before it. */
export function entityOfParam(
  { url, facts, entity }: Pick<Target, 'url' | 'facts' | 'entity'>,
  param: string,
  entities: readonly AnyEntity[],
): AnyEntity | undefined {
  const schema = Reflect.get(Object(Reflect.get(Object(facts.schemas.params), 'shape')), param)
  const steps = url.split('/')
  const before = steps[steps.indexOf(`:${param}`) - 1]?.replaceAll('-', '_')
  const called = param.replace(/_?[iI]d$/, '')
  return (
    entities.find(({ id }) => id === schema) ??
    entities.find(({ plural }) => plural === before) ??
    entities.find(({ name }) => name === called) ??
    (param === 'id' ? entity : undefined)
  )
}
