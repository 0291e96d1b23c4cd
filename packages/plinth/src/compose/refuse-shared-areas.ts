import type { Feature } from '../feature/index.ts'

/**
 * Refuses permissions of a service in an area of the platform's. One key would then mean two things:
 * whoever may delete rows of an entity called "tenant" could delete the tenant.
 * @throws TypeError naming the entity or the permission
 */
export function refuseSharedAreas(platform: readonly Feature[], own: readonly Feature[]): void {
  const taken = new Set(platform.flatMap(declaredKeys).map(areaOf))
  for (const { entities = [], ...parts } of own) {
    const entity = entities.find(({ name }) => taken.has(name))
    if (entity !== undefined) throw new TypeError(entitySentence(entity.name))
    const key = declaredKeys(parts).find((one) => taken.has(areaOf(one)))
    if (key !== undefined) throw new TypeError(keySentence(key))
  }
}

function declaredKeys({ permissions = [] }: Pick<Feature, 'permissions'>): readonly string[] {
  return permissions.flatMap((area) => Object.values(area)).map(({ permission }) => permission)
}

function areaOf(key: string): string {
  return key.slice(0, key.indexOf(':'))
}

function entitySentence(name: string): string {
  return `An entity cannot be called "${name}": its permissions "${name}:…" would be those of the platform. Choose another noun.`
}

function keySentence(key: string): string {
  return `The permission "${key}" would be one of the platform's, whose area "${areaOf(key)}" is. Choose another area.`
}
