import type { PlatformDb } from 'plinth/data'
import { serviceDatabase } from './service-database.ts'

/**
 * Works on the platform's tables as the owner of the service's database: the role that runs the
 * service may not write who administers the platform, and does not see all that a check looks at.
 */
export async function asOwner<T>(work: (platform: PlatformDb) => Promise<T>): Promise<T> {
  const { settings } = await serviceDatabase()
  const [{ databaseSettings, openDatabase }, { systemClock }] = await Promise.all([
    import('plinth/data'),
    import('plinth/kernel'),
  ])
  const url = settings.owner_url ?? settings.url
  const database = openDatabase({
    settings: databaseSettings.parse({ ...settings, url, password_file: undefined, pool_size: 1 }),
    clock: systemClock,
    log: { info() {}, warn() {}, error() {} },
  })
  try {
    return await work(database.platform)
  } finally {
    await database.close()
  }
}
