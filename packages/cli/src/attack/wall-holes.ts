import { importFrom } from '../service-process/import-from.ts'
import type { ServiceWorld } from '../service-process/service-world.ts'
import type { Hole } from './attack-report.ts'

/** What the database itself leaves open: the second wall behind every route. */
export async function wallHoles({ root, world, features }: ServiceWorld): Promise<readonly Hole[]> {
  const { catalogueFaults, declarationFaults } = await importFrom(root, 'plinth/data')
  const entities = features.flatMap((feature) => feature.entities ?? [])
  const { platform } = world.database
  const faults = [
    ...(await catalogueFaults(platform, entities)),
    ...(await declarationFaults(platform, entities)),
  ]
  return [...new Set(faults)].map((what) => ({
    vector: 'row-level security',
    route: undefined,
    what,
    place: undefined,
    more: 0,
    fix: 'Write it into a migration: `plinth db revision` makes the wall of every declared table.',
  }))
}
