import type { RouteOptions } from 'fastify'
import type { Access } from '../access/index.ts'
import type { AnyEntity } from '../data/index.ts'
import type { Operation } from './read-routes.ts'
import { getRoute, listRoute } from './read-routes.ts'
import { createRoute, deleteRoute, updateRoutes } from './write-routes.ts'

/** Whether an operation is served, and to whom if not to those whom the entity's `can` names. */
export type Served = boolean | { readonly access: Access }

/** Which operations of an entity are served over HTTP, and where; all of them by default. */
export interface CrudOptions {
  readonly list?: Served
  readonly get?: Served
  readonly create?: Served
  /** PUT and PATCH. */
  readonly update?: Served
  readonly delete?: Served
  /** `/api/v1/<plural>` by default. */
  readonly path?: `/${string}`
}

/**
 * The routes of an entity: list, get, create, replace and change, delete. Each change leaves an
 * audit row that commits with it.
 * @throws TypeError when nobody could create a row over HTTP because a field that a request may not
 *   set has no default
 */
export function crud(entity: AnyEntity, options: CrudOptions = {}): readonly RouteOptions[] {
  const { can } = entity
  const path = options.path ?? pathOf(entity)
  const served = (choice: Served = true, access: Access): Operation[] => {
    if (choice === false) return []
    return [{ entity, path, access: choice === true ? access : choice.access }]
  }
  if (options.create !== false) refuseUnfillable(entity)
  return [
    ...served(options.list, can.read).map(listRoute),
    ...served(options.get, can.read).map(getRoute),
    ...served(options.create, can.create).map(createRoute),
    ...served(options.update, can.update).flatMap(updateRoutes),
    ...served(options.delete, can.delete).map(deleteRoute),
  ]
}

function pathOf({ plural }: AnyEntity): `/${string}` {
  return `/api/v1/${plural.replaceAll('_', '-')}`
}

function refuseUnfillable({ name, declaration }: AnyEntity): void {
  const stuck = declaration.columns.find(
    ({ hidden, serverOnly, nullable, fallback }) =>
      (hidden || serverOnly) && !nullable && fallback === undefined,
  )
  if (stuck === undefined) return
  throw new TypeError(
    `crud(${name}): a request may not set "${stuck.name}" and it has no default; ` +
      'give it a default(), or say create: false',
  )
}
