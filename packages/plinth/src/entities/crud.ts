import type { RouteOptions } from 'fastify'
import type { Access } from '../access/index.ts'
import type { AnyEntity } from '../data/index.ts'
import { deleteRoute, restoreRoute, updateRoutes } from './change-routes.ts'
import { bulkRoute, createRoute } from './create-routes.ts'
import { getRoute } from './get-route.ts'
import { listRoute } from './list-route.ts'
import type { Operation } from './operation.ts'

/** Whether an operation is served, and to whom if not to those whom the entity's `can` names. */
export type Served = boolean | { readonly access: Access }

/** Which operations of an entity are served over HTTP, and where; all of them by default. */
export interface CrudOptions {
  readonly list?: Served
  readonly get?: Served
  readonly create?: Served
  /** Several new rows at once, all or none; to those who may create. */
  readonly bulk?: Served
  /** PUT and PATCH. */
  readonly update?: Served
  readonly delete?: Served
  /** Takes a deleted row back, where `softDelete` keeps it; to those who may delete. */
  readonly restore?: Served
  /** Entities that references may be expanded to with `?expand=`; to those who may read them. */
  readonly expand?: readonly AnyEntity[]
  /** `/api/v1/<plural>` by default. */
  readonly path?: `/${string}`
}

/**
 * The routes of an entity: list, get, create, replace and change, delete. Each change leaves an
 * audit row that commits with it. Rows of nobody (`owned: 'nobody'`) are only read, unless an
 * operation names its own access: every tenant sees what one of them writes.
 * @throws TypeError when nobody could create a row over HTTP because a field that a request may not
 *   set has no default, or when people's rows would be served to nobody in particular
 */
export function crud(entity: AnyEntity, options: CrudOptions = {}): readonly RouteOptions[] {
  const { can, declaration } = entity
  const path = options.path ?? pathOf(entity)
  const { expand = [] } = options
  const served = (choice: Served, access: Access): Operation[] => {
    if (choice === false) return []
    const chosen = choice === true ? access : choice.access
    refuseUnowned(entity, chosen)
    return [{ entity, path, expand, access: chosen }]
  }
  const writable = declaration.owned !== 'nobody'
  const { create = writable, update = writable, delete: remove = writable } = options
  const { bulk = create, restore = remove } = options
  if (create !== false || bulk !== false) refuseUnfillable(entity)
  return [
    ...served(options.list ?? true, can.read).map(listRoute),
    ...served(options.get ?? true, can.read).map(getRoute),
    ...served(create, can.create).map(createRoute),
    ...served(bulk, can.create).map(bulkRoute),
    ...served(update, can.update).flatMap(updateRoutes),
    ...served(remove, can.delete).map(deleteRoute),
    ...(declaration.softDelete ? served(restore, can.delete).map(restoreRoute) : []),
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

function refuseUnowned({ name, declaration }: AnyEntity, access: Access): void {
  if (declaration.owned !== 'person' || access.kind !== 'open') return
  throw new TypeError(
    `crud(${name}): its rows belong to people, so a route must ask who calls; ` +
      'take signedIn() or a permission',
  )
}
