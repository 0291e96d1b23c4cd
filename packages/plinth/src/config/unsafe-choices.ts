import { isLoopbackHost } from '../outbound/index.ts'
import { isHttp, isProduction } from './production-rules.ts'
import { type Read, reader } from './rule.ts'
import type { Source } from './source.ts'

const LONGEST_SESSION_SECONDS = 86_400

/** A setting that is allowed and weakens a protection. */
export interface UnsafeChoice {
  readonly setting: string
  /** What can happen, as a sentence. */
  readonly consequence: string
}

/** Facts that only the running service knows. */
export interface RunningFacts {
  /** The database role owns the tables instead of only using them. */
  readonly databaseRoleOwnsTables?: boolean
}

interface Known extends RunningFacts {
  readonly read: Read
  readonly sources: ReadonlyMap<string, Source>
}

interface Choice extends UnsafeChoice {
  readonly made: (known: Known) => boolean
}

const CHOICES: readonly Choice[] = [
  {
    setting: 'app.session_cookie.same_site',
    consequence: 'Browsers send the session cookie with requests that other sites start.',
    made: ({ read }) => read('app.session_cookie.same_site') === 'none',
  },
  {
    setting: 'app.base_url',
    consequence: 'Session cookies are not Secure although this is production.',
    made: ({ read }) => isProduction(read) && isHttp(read('app.base_url')),
  },
  {
    setting: 'app.cors.origins',
    consequence:
      'A page that was changed on its way over http may call this service with a visitor’s cookie.',
    made: ({ read }) => isProduction(read) && list(read('app.cors.origins')).some(isHttp),
  },
  {
    setting: 'app.session_max_age',
    consequence: 'A stolen session cookie works for more than a day without being used.',
    made: ({ read }) => Number(read('app.session_max_age')) > LONGEST_SESSION_SECONDS,
  },
  {
    setting: 'app.host',
    consequence:
      'Other machines can reach a development service, whose users and passwords are published.',
    made: ({ read }) => read('app.environment') === 'development' && !isLoopback(read('app.host')),
  },
  {
    setting: 'app.session_signing_secret',
    consequence:
      'Signing secrets stand in a .env file in production, where copies and backups of the folder carry them.',
    made: ({ read, sources }) => isProduction(read) && [...sources].some(isSecretFromDotenv),
  },
  {
    setting: 'http.docs',
    consequence: 'Everybody can read the list of all endpoints and their schemas.',
    made: ({ read }) => isProduction(read) && read('http.docs') === 'on',
  },
  {
    setting: 'logging.level',
    consequence:
      'Debug lines in production may tell readers of the log more about people than they need.',
    made: ({ read }) => isProduction(read) && read('logging.level') === 'debug',
  },
  {
    setting: 'rate_limiter.enabled',
    consequence: 'Anybody may ask as often as they like; only sign-in and credentials are limited.',
    made: ({ read }) => read('rate_limiter.enabled') === false,
  },
  {
    setting: 'tenancy.member_permissions',
    consequence: 'Everybody who belongs to a tenant may do everything in it.',
    made: ({ read }) =>
      isProduction(read) && list(read('tenancy.member_permissions')).includes('*'),
  },
  {
    setting: 'database.url',
    consequence:
      'The database role owns the tables, so a flaw in one handler could drop row-level security.',
    made: ({ databaseRoleOwnsTables }) => databaseRoleOwnsTables === true,
  },
]

/**
 * The unsafe choices that a configuration makes, to be announced at every start.
 * @param config parsed `config:` block
 */
export function unsafeChoices(
  config: unknown,
  sources: ReadonlyMap<string, Source>,
  facts: RunningFacts = {},
): readonly UnsafeChoice[] {
  const known = { ...facts, read: reader(config), sources }
  return CHOICES.filter(({ made }) => made(known)).map(({ setting, consequence }) => ({
    setting,
    consequence,
  }))
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isLoopback(host: unknown): boolean {
  return typeof host === 'string' && (host === '::1' || isLoopbackHost(host))
}

function isSecretFromDotenv([key, source]: readonly [string, Source]): boolean {
  return /_secret$/.test(key) && source.variables.some(({ origin }) => origin === 'dotenv')
}
