import type { PlatformDb } from 'plinth/data'
import type { APIKeyManager, MachineClientManager } from 'plinth/identity'
import { CliError, misuse } from './cli-error.ts'
import { devFolder } from './dev/dev-folder.ts'
import { loadServiceSettings } from './dev/service-settings.ts'
import { settingsTrouble } from './dev/settings-trouble.ts'

/** What a command about keys and machine clients works with. */
export interface MachineCredentials {
  readonly manager: APIKeyManager
  readonly clients: MachineClientManager
  readonly platform: PlatformDb
}

/** Undoes what a dry run wrote. */
class Undone extends Error {}

/**
 * Works on the keys and machine clients of the service here, as the running service would: the role of the app is enough.
 * @param dryRun does everything in a transaction that is undone
 * @throws CliError with the sentence of what was refused
 */
export async function withMachineCredentials<T>(
  dryRun: boolean | undefined,
  work: (tools: MachineCredentials) => Promise<T>,
): Promise<T> {
  const loaded = await loadServiceSettings(devFolder().service, process.env)
  if (!loaded.ok) throw misuse(settingsTrouble(loaded))
  const { database: settings, api_keys, app } = loaded.config
  const [{ databaseSettings, openDatabase }, { systemClock: clock }, identity] = await Promise.all([
    import('plinth/data'),
    import('plinth/kernel'),
    import('plinth/identity'),
  ])
  const database = openDatabase({
    settings: databaseSettings.parse({ ...settings, pool_size: 1 }),
    clock,
    log: { info() {}, warn() {}, error() {} },
  })
  const toolsOn = (platform: PlatformDb): MachineCredentials => ({
    platform,
    clients: new identity.MachineClientManager({ platform, clock }),
    manager: new identity.APIKeyManager({
      platform,
      clock,
      settings: api_keys,
      production: app.environment === 'production',
    }),
  })
  try {
    if (dryRun !== true) return await work(toolsOn(database.platform))
    return await undone(database.platform, (platform) => work(toolsOn(platform)))
  } catch (error) {
    throw toSentence(error)
  } finally {
    await database.close()
  }
}

async function undone<T>(platform: PlatformDb, work: (db: PlatformDb) => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined
  const all = platform.transaction(async (tx) => {
    result = { value: await work(tx) }
    throw new Undone()
  })
  await all.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error
  })
  if (result === undefined) throw new TypeError('a dry run came to no end')
  return result.value
}

const NO_TENANT =
  'There is no active tenant of that name. GET /tenants shows everybody theirs; `plinth seed --tenant <name> --admin-email <address>` makes one.'

/** What the library refuses is one sentence, and the details that name what to change. */
function toSentence(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'AppError') return error
  if ('code' in error && error.code === 'tenant.unknown') return new CliError(NO_TENANT, 1, error)
  const details = 'details' in error && Array.isArray(error.details) ? error.details : []
  const lines = details.map(
    ({ path, message }) => `  ${String(path).replace('body/', '')}: ${message}`,
  )
  return new CliError([error.message, ...lines].join('\n'), 1, error)
}
