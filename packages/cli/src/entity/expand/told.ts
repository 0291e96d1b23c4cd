import type { AnyEntity } from 'plinth/data'
import type { Feature, RouteFacts } from 'plinth/feature'
import { factsOf } from 'plinth/feature'
import { type OperationName, PERMISSIONS, PLACES } from './operations.ts'

/** What `crud()` was told of an operation beside the entity. */
export interface Told {
  /** Who may call it, if not those whom the entity names. */
  readonly access: boolean
  /** What references can be expanded to. */
  readonly expand: boolean
}

/** Method and address of an operation below the path of its entity: `GET /api/v1/products/:id`. */
export function placeOf(operation: OperationName, path: string): string {
  const [method, below] = PLACES[operation]
  return `${method} ${path}${below}`
}

/**
 * What the route that a feature serves at a place was told, read from the route itself; undefined when it
 * serves none there.
 */
export function toldAt(
  { routes = [] }: Feature,
  { operation, path, entity }: { operation: OperationName; path: string; entity: AnyEntity },
): Told | undefined {
  const wanted = placeOf(operation, path)
  const served = routes
    .flatMap((one) => ('kind' in one ? [] : [one].flat()))
    .find(({ method, url }) => `${[method].flat().join(',')} ${url}` === wanted)
  const facts = served && factsOf(served)
  if (facts === undefined) return undefined
  return {
    access: facts.access !== entity.can[PERMISSIONS[operation]],
    expand: offersExpand(facts),
  }
}

/** A field that is called so has no parameter of that name. */
function offersExpand({ schemas: { query } }: RouteFacts): boolean {
  const shape: unknown = Reflect.get(Object(query), 'shape')
  return typeof shape === 'object' && shape !== null && 'expand' in shape
}
