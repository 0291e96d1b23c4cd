import { join } from 'node:path'
import type { DevFolder } from './dev-folder.ts'
import type { ServicesState } from './dev-state.ts'
import type { ServiceNeeds } from './service-needs.ts'

/** What a person said on the command line. */
export interface ServerOptions {
  readonly host: string | undefined
  readonly logLevel: string | undefined
}

/** What the variables of a server are made of. */
export interface EnvironmentParts {
  readonly folder: DevFolder
  readonly needs: ServiceNeeds
  readonly services: ServicesState | undefined
  readonly port: number
  readonly options: ServerOptions
}

/**
 * The variables of the server's process: those of this one, and what the service lacks. D17: when
 * the port moves, base URL and redirect URI follow, unless they name another host.
 */
export function serverEnvironment(parts: EnvironmentParts): NodeJS.ProcessEnv {
  const { folder, needs, services, port, options } = parts
  return {
    ...earlyEnvironment(folder),
    ...needs.secrets,
    ...supplied(needs, services),
    APP_PORT: String(port),
    BASE_URL: onPort(needs.baseUrl, needs.port, port),
    ...(needs.redirectUri === undefined
      ? {}
      : { OIDC_REDIRECT_URI: onPort(needs.redirectUri, needs.port, port) }),
    ...(options.host === undefined ? {} : { APP_HOST: options.host }),
    ...(options.logLevel === undefined ? {} : { LOG_LEVEL: options.logLevel }),
    ...(process.stdout.isTTY && !process.env['LOG_FORMAT'] ? { LOG_FORMAT: 'text' } : {}),
  }
}

/** Those that are known before anything runs; Node itself reads them while it starts. */
export function earlyEnvironment({ home }: DevFolder): NodeJS.ProcessEnv {
  const kept = process.env['NODE_COMPILE_CACHE'] ?? join(home, 'compile-cache')
  return { ...process.env, NODE_COMPILE_CACHE: kept }
}

const SUPPLIED_BY = {
  database: /^DATABASE_/,
  provider: /^OIDC_KEYCLOAK_/,
  mailbox: /^SMTP_/,
} as const

function supplied(needs: ServiceNeeds, services: ServicesState | undefined): NodeJS.ProcessEnv {
  const wanted = (['database', 'provider', 'mailbox'] as const).filter((part) => needs[part])
  return Object.fromEntries(
    Object.entries(services?.environment ?? {}).filter(([name]) =>
      wanted.some((part) => SUPPLIED_BY[part].test(name)),
    ),
  )
}

/** The same URL on the port that was found, where it named the port that was wished for. */
export function onPort(url: string, wished: number, found: number): string {
  const parsed = URL.parse(url)
  if (parsed === null || Number(parsed.port) !== wished || !LOOPBACK.has(parsed.hostname))
    return url
  const from = `${parsed.protocol}//${parsed.host}`
  parsed.port = String(found)
  return `${parsed.protocol}//${parsed.host}${url.slice(from.length)}`
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
