import { serviceDatabase } from './service-database.ts'

/** What the catalogue gate says of the service's database, and where it drifted; asked as the owner. */
export async function faultsOfService(): Promise<readonly string[]> {
  const { settings } = await serviceDatabase()
  const { catalogueFaults, databaseSettings, openDatabase, platformTableFaults } = await import(
    'plinth/data'
  )
  const [{ platformTables }, { systemClock }] = await Promise.all([
    import('plinth/server'),
    import('plinth/kernel'),
  ])
  const url = settings.owner_url ?? settings.url
  const database = openDatabase({
    settings: databaseSettings.parse({ ...settings, url, password_file: undefined, pool_size: 1 }),
    clock: systemClock,
    log: { info() {}, warn() {}, error() {} },
  })
  try {
    return [
      ...(await catalogueFaults(database.platform)),
      ...(await platformTableFaults(database.platform, platformTables)),
    ]
  } finally {
    await database.close()
  }
}
