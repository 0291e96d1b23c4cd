import { asOwner } from './as-owner.ts'
import { serviceDatabase } from './service-database.ts'

/** What the catalogue gate says of the service's database, and where the platform's tables drifted. */
export async function faultsOfService(): Promise<readonly string[]> {
  const [{ service }, { entitiesOf }] = await Promise.all([
    serviceDatabase(),
    import('./revision/index.ts'),
  ])
  // A table may be nobody's, or call the tenant otherwise: only its entity says so.
  const entities = await entitiesOf(service)
  return asOwner(async (platform) => {
    const [{ catalogueFaults, platformTableFaults }, { platformTables }] = await Promise.all([
      import('plinth/data'),
      import('plinth/server'),
    ])
    return [
      ...(await catalogueFaults(platform, entities)),
      ...(await platformTableFaults(platform, platformTables)),
    ]
  })
}

/** Where the tables of the service's entities are not what is declared; also those migrated elsewhere. */
export async function driftOfService(): Promise<readonly string[]> {
  const [{ service, settings }, { driftOf, entitiesOf }, { declarationFaults, ownerConnection }] =
    await Promise.all([serviceDatabase(), import('./revision/index.ts'), import('plinth/data')])
  const entities = await entitiesOf(service)
  const elsewhere = entities.filter(({ declaration }) => declaration.migrated === 'elsewhere')
  return [
    ...(await asOwner((platform) => declarationFaults(platform, elsewhere))),
    ...(await driftOf(entities, ownerConnection(settings).url)),
  ]
}
