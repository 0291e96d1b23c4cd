import type { Access } from '../access/index.ts'
import type { AnyEntity } from '../data/index.ts'

/** One operation of an entity at its place. */
export interface Operation {
  readonly entity: AnyEntity
  readonly path: `/${string}`
  readonly access: Access
  /** Entities that references may be expanded to. */
  readonly expand: readonly AnyEntity[]
}

/** A declared name as people say it. */
export function words(name: string): string {
  return name.replaceAll('_', ' ')
}
