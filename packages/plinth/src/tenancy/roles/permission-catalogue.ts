import type { CanAccess } from '../../access/index.ts'
import type { Feature } from '../../feature/index.ts'
import { factsOf } from '../../feature/index.ts'

/** A permission that the service asks for somewhere. */
export interface DeclaredPermission {
  readonly key: string
  /** What it lets a person do. */
  readonly description: string
}

/** Every permission that the service declares for tenants, in the order of the keys. */
export interface PermissionCatalogue {
  readonly all: readonly DeclaredPermission[]
  /** Whether a grant is one of them, or a wildcard over some: nothing else can be granted. */
  declares(grant: string): boolean
  /** All that it declares in that sense. */
  readonly grants: ReadonlySet<string>
}

/**
 * Gathers what features declare: their permissions, those of their entities, and those their routes
 * ask for. What belongs to the platform is no tenant's to grant and stands in no catalogue.
 */
export function permissionCatalogue(features: readonly Feature[]): PermissionCatalogue {
  const found = new Map<string, DeclaredPermission>()
  for (const { permission, grants } of features.flatMap(accessOf)) {
    if (permission.startsWith('platform:') || found.has(permission)) continue
    found.set(permission, { key: permission, description: grants })
  }
  const all = [...found.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const grants = new Set(['*', ...all.flatMap(({ key }) => [key, wildcardOf(key)])])
  return { all, grants, declares: (grant) => grants.has(grant) }
}

/** The catalogue of a service that is still being put together: gathered when it is first asked for. */
export function lateCatalogue(features: () => readonly Feature[]): () => PermissionCatalogue {
  let known: PermissionCatalogue | undefined
  return () => {
    known ??= permissionCatalogue(features())
    return known
  }
}

/** `product:*` for `product:read`. */
function wildcardOf(key: string): string {
  return `${key.slice(0, key.indexOf(':'))}:*`
}

function accessOf({ permissions = [], entities = [], routes = [] }: Feature): readonly CanAccess[] {
  const asked = routes.flat().flatMap((entry) => {
    const access = 'kind' in entry ? entry.access : factsOf(entry)?.access
    return access?.kind === 'can' ? [access] : []
  })
  return [
    ...permissions.flatMap((area) => Object.values(area)),
    ...entities.flatMap(({ can }) => Object.values(can)),
    ...asked,
  ]
}
