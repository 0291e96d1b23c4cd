import { installedConfiguration } from '../config/service-configuration.ts'
import type { DevFolder } from '../dev/dev-folder.ts'
import { secretsFor } from '../dev/dev-secrets.ts'
import { lendDatabase } from '../dev/lend-database.ts'
import { placeholderEnvironment } from '../dev/service-needs.ts'

type Load = typeof import('plinth/config')['loadConfig']
type Loaded = Awaited<ReturnType<Load>>

/** What is examined: one service, as one environment would see it. */
export interface Subject {
  readonly folder: DevFolder
  readonly production: boolean
  /** The configuration as this process sees it. */
  readonly loaded: Loaded
  /** The same with what a service must be given filled in, where only that was missing. */
  readonly filled: Loaded
  /** Settings that `plinth dev` supplies and nobody else did; empty for production. */
  readonly supplied: ReadonlySet<string>
}

/** Keys that a development environment brings by itself. */
const BROUGHT = new Set(['app.session_signing_secret', 'app.csrf_signing_secret', 'database.url'])
const LACKING = new Set(['config.missing', 'config.not_set'])

/**
 * Reads what the examinations look at. In development a missing secret or database is nothing that is
 * wrong, for `plinth dev` brings both; for production everything counts.
 */
export async function subjectAt(folder: DevFolder, production: boolean): Promise<Subject> {
  if (!production) await lendDatabase()
  const configuration = await installedConfiguration()
  const { loadConfig } = await import('plinth/config')
  const load = (env: NodeJS.ProcessEnv) =>
    loadConfig({
      ...configuration,
      cwd: folder.service,
      env,
      ...(production && { profile: 'production' }),
    })
  const loaded = await load(process.env)
  const lacking = (loaded.ok ? [] : loaded.faults)
    .filter(({ code, key = '' }) => LACKING.has(code) && BROUGHT.has(key))
    .map(({ key = '' }) => key)
  const brought = { ...placeholderEnvironment, ...secretsFor(folder.secrets) }
  const filled = lacking.length === 0 ? loaded : await load({ ...brought, ...process.env })
  if (production) return { folder, production, loaded, filled, supplied: new Set() }
  return { folder, production, loaded: filled, filled, supplied: new Set(lacking) }
}
