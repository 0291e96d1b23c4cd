import { CliError, misuse } from '../cli-error.ts'
import type { Secrets } from './dev-secrets.ts'
import type { loadServiceSettings } from './service-settings.ts'

/** What a service lacks to run on this machine: only that is supplied. */
export interface ServiceNeeds {
  readonly database: boolean
  readonly provider: boolean
  readonly mailbox: boolean
  /** Whether jobs run in a process of their own (`jobs.in_api: false`). */
  readonly worker: boolean
  /** Whether another tool migrates the service's own tables (`database.migrations: external`). */
  readonly externalMigrations: boolean
  /** Development secrets that nobody set. */
  readonly secrets: Secrets
  readonly host: string
  readonly port: number
  readonly baseUrl: string
  /** Undefined where the service derives it from its base URL. */
  readonly redirectUri: string | undefined
  /** Who may migrate a database of one's own. */
  readonly ownerUrl: string | undefined
}

/** Where to look: the service, its environment, and what could be supplied. */
export interface NeedsRequest {
  readonly service: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly secrets: Secrets
}

/** The provider that the template names: it is the one that `plinth dev` brings along. */
const DEVELOPMENT_ISSUER = /^http:\/\/(localhost|127\.0\.0\.1):8080\/realms\/test-realm$/
const LACKING = new Set(['config.missing', 'config.not_set'])

/**
 * Reads the configuration as the service will, first with nothing supplied: what it then misses is
 * what it needs. Values that a person wrote, wherever, are never replaced.
 * @throws CliError with every other fault of the configuration, one a line
 */
export async function readNeeds(request: NeedsRequest): Promise<ServiceNeeds> {
  const { loadServiceSettings } = await import('./service-settings.ts')
  const first = await loadServiceSettings(request.service, request.env)
  const { database: lacksDatabase, secrets } = lacksOf(first, request.secrets)
  const supplied = { ...secrets, ...(lacksDatabase ? placeholderEnvironment : {}) }
  const loaded = first.ok
    ? first
    : await loadServiceSettings(request.service, { ...request.env, ...supplied })
  if (!loaded.ok) throw new CliError(loaded.lines.join('\n'))
  if (loaded.environment === 'production')
    throw misuse(
      'plinth dev is for development, and this service is set to production (app.environment); start it with `node src/main.ts`.',
    )
  const { app, database, jobs, notify, oidc } = loaded.config
  return {
    database: database.url === undefined || database.url === placeholderEnvironment.DATABASE_URL,
    provider: DEVELOPMENT_ISSUER.test(oidc.providers['keycloak']?.issuer ?? ''),
    mailbox: notify.smtp.host === null,
    worker: !jobs.in_api,
    externalMigrations: database.migrations === 'external',
    secrets,
    host: app.host,
    port: app.port,
    baseUrl: app.base_url,
    redirectUri: oidc.global_redirect_uri,
    ownerUrl: database.owner_url,
  }
}

/** What a configuration misses that development brings along. */
export interface ServiceLacks extends Pick<ServiceNeeds, 'secrets'> {
  /** Whether it names no database at all. */
  readonly database: boolean
}

/** The same of a configuration whatever else is wrong with it; in production, nothing is brought along. */
export async function readLacks(request: NeedsRequest): Promise<ServiceLacks | undefined> {
  const { loadServiceSettings } = await import('./service-settings.ts')
  const loaded = await loadServiceSettings(request.service, request.env)
  return loaded.environment === 'production' ? undefined : lacksOf(loaded, request.secrets)
}

type Loaded = Awaited<ReturnType<typeof loadServiceSettings>>

function lacksOf(loaded: Loaded, known: Secrets): ServiceLacks {
  if (loaded.ok) return { database: loaded.config.database.url === undefined, secrets: {} }
  const lacking = loaded.faults.filter(({ code }) => LACKING.has(code))
  const misses = (key: string) => lacking.some((fault) => fault.key === key)
  const names = Object.entries(known).filter(([name]) => misses(SECRET_KEYS[name] ?? name))
  return { database: misses('database.url'), secrets: Object.fromEntries(names) }
}

/** Stands in while the configuration is read; the real one is known once the database runs. */
export const placeholderEnvironment = {
  DATABASE_URL: 'postgresql://app_db_user:placeholder@127.0.0.1:5432/app_db',
} as const

const SECRET_KEYS: Readonly<Record<string, string>> = {
  SESSION_SIGNING_SECRET: 'app.session_signing_secret',
  CSRF_SIGNING_SECRET: 'app.csrf_signing_secret',
}
