import type { AnyEntity } from 'plinth/data'
import type { Feature } from 'plinth/feature'
import { featuresIn, type LoadedModule } from '../sync/find-features.ts'

/** An entity of a service, where it is declared, and the feature that serves it. */
export interface FoundEntity {
  readonly entity: AnyEntity
  /** Module that exports it, relative to the service. */
  readonly file: string
  /** The name of the export. */
  readonly name: string
  /** Undefined when no feature lists it: it has then no routes and no table. */
  readonly servedBy:
    | { readonly feature: Feature; readonly file: string; readonly name: string }
    | undefined
}

/** The entities that modules of a service export, by their names. */
export function entitiesIn(modules: readonly LoadedModule[]): readonly FoundEntity[] {
  const features = featuresIn(modules)
  const found = new Map<AnyEntity, FoundEntity>()
  for (const { file, exported } of modules) {
    for (const [name, value] of Object.entries(exported)) {
      if (!isEntity(value) || found.has(value)) continue
      const servedBy = features.find(({ feature }) => feature.entities?.includes(value))
      found.set(value, { entity: value, file, name, servedBy })
    }
  }
  return [...found.values()].sort((a, b) => (a.entity.name < b.entity.name ? -1 : 1))
}

/** Whether a value was made by `entity()`, whichever copy of the library made it. */
export function isEntity(value: unknown): value is AnyEntity {
  if (typeof value !== 'object' || value === null) return false
  return ['declaration', 'can', 'shown', 'insert'].every((key) => key in value)
}
