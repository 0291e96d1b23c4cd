import { join } from 'node:path'
import type { Feature } from 'plinth/feature'
import { loadModules } from '../../sync/find-features.ts'
import { entitiesIn, type FoundEntity } from '../find-entities.ts'
import { isThere } from '../safe-place.ts'

/** What `plinth entity ls` shows of an entity. */
export interface ListedEntity {
  readonly entity: string
  /** Module that declares it, relative to the service. */
  readonly file: string
  /** Schema and name: `app.products`. */
  readonly table: string
  readonly owned: string
  /** `GET /api/v1/products`, each; those of the features that list the entity. */
  readonly routes: readonly string[]
  /** Its test, relative to the service; null when there is none beside it. */
  readonly tests: string | null
}

/** The entities of a service, by name. */
export async function listEntities(service: string): Promise<readonly ListedEntity[]> {
  return entitiesIn(await loadModules(service)).map((found) => listed(service, found))
}

function listed(service: string, { entity, file, servedBy }: FoundEntity): ListedEntity {
  const { declaration } = entity
  const test = file.replace(/\.ts$/, '.test.ts')
  return {
    entity: entity.name,
    file,
    table: `${declaration.schema}.${declaration.table}`,
    owned: declaration.owned,
    routes: servedBy === undefined ? [] : routesOf(servedBy.feature),
    tests: isThere(join(service, test)) ? test : null,
  }
}

/** Method and place of every route of a feature; a mounted plugin counts as one. */
export function routesOf({ routes = [] }: Feature): string[] {
  return routes.flatMap((one) => {
    if ('kind' in one) return [`* ${one.prefix}`]
    return [one].flat().map(({ method, url }) => `${[method].flat().join(',')} ${url}`)
  })
}
