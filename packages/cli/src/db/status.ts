import { serviceDatabase, setName } from './service-database.ts'

/** Where each set of migrations stands. */
export async function statusOfSets() {
  const { sets, settings } = await serviceDatabase()
  const { migrationStatus, ownerConnection } = await import('plinth/data')
  const owner = ownerConnection(settings)
  const found = []
  for (const set of sets) {
    found.push({ set: setName(set), ...(await migrationStatus({ ...owner, set })) })
  }
  return found
}
