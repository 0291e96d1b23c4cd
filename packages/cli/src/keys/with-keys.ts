import type { PlatformDb } from 'plinth/data'
import type { APIKeyManager } from 'plinth/identity'
import { CliError, misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { loadServiceSettings } from '../dev/service-settings.ts'

/** What a command about keys works with. */
export interface KeyTools {
  readonly manager: APIKeyManager
  readonly platform: PlatformDb
}

/** Undoes what a dry run wrote. */
class Undone extends Error {}

/**
 * Works on the keys of the service here, as the running service would: the role of the app is enough.
 * @param dryRun does everything in a transaction that is undone
 * @throws CliError with the sentence of what was refused
 */
export async function withKeys<T>(
  dryRun: boolean | undefined,
  work: (tools: KeyTools) => Promise<T>,
): Promise<T> {
  const loaded = await loadServiceSettings(devFolder().service, process.env)
  if (!loaded.ok) throw misuse(loaded.lines.join('\n'))
  const { database: settings, api_keys, app } = loaded.config
  const [{ databaseSettings, openDatabase }, { systemClock: clock }, { APIKeyManager }] =
    await Promise.all([import('plinth/data'), import('plinth/kernel'), import('plinth/identity')])
  const database = openDatabase({
    settings: databaseSettings.parse({ ...settings, pool_size: 1 }),
    clock,
    log: { info() {}, warn() {}, error() {} },
  })
  const toolsOn = (platform: PlatformDb): KeyTools => ({
    platform,
    manager: new APIKeyManager({
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

/** What the library refuses is one sentence, and the details that name what to change. */
function toSentence(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'AppError') return error
  const details = 'details' in error && Array.isArray(error.details) ? error.details : []
  const lines = details.map(
    ({ path, message }) => `  ${String(path).replace('body/', '')}: ${message}`,
  )
  return new CliError([error.message, ...lines].join('\n'), 1, error)
}
