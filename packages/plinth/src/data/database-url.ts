import type { ClientConfig } from 'pg'

/** A database URL, taken apart. */
export interface DatabaseAddress {
  readonly host: string
  readonly database: string
  readonly user: string
  /** For a pg client; without TLS, which has its own settings. */
  readonly client: ClientConfig
  /** Whether the URL asks for TLS (`sslmode`), and how strictly; undefined when it does not say. */
  readonly sslMode: SslMode | undefined
}

/** How a connection is protected (PostgreSQL manual, 34.19.1). */
export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

const SSL_MODES: ReadonlySet<string> = new Set(['disable', 'require', 'verify-ca', 'verify-full'])
const PARAMETERS: ReadonlySet<string> = new Set(['sslmode', 'application_name', 'host'])

/**
 * Reads `postgresql://user:password@host:port/database`. The spellings of SQLAlchemy
 * (`postgresql+asyncpg://`, `postgresql+psycopg://`) and `postgres://` mean the same.
 * @throws TypeError with one sentence that never repeats the URL: it holds a password
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const url = parsed(text)
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.has(name)) {
      throw new TypeError(`a database URL has no parameter "${name}"; use the setting for it`)
    }
  }
  const user = decodeURIComponent(url.username)
  const host = url.searchParams.get('host') ?? url.hostname.replace(/^\[(.*)\]$/, '$1')
  const database = decodeURIComponent(url.pathname.slice(1))
  if (user === '' || host === '' || database === '') {
    throw new TypeError('a database URL names a user, a host and a database')
  }
  const client: ClientConfig = {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    database,
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
    application_name: url.searchParams.get('application_name') ?? 'plinth',
  }
  return { host, database, user, client, sslMode: sslModeOf(url.searchParams.get('sslmode')) }
}

function parsed(text: string): URL {
  const url = URL.parse(text.replace(/^(postgres(?:ql)?)(?:\+[a-z0-9]+)?:/, 'postgresql:'))
  if (url === null || url.protocol !== 'postgresql:') {
    throw new TypeError('a database URL looks like postgresql://user:password@host:5432/database')
  }
  return url
}

function sslModeOf(text: string | null): SslMode | undefined {
  if (text === null) return undefined
  if (!isSslMode(text)) {
    throw new TypeError('sslmode is one of disable, require, verify-ca, verify-full')
  }
  return text
}

function isSslMode(text: string): text is SslMode {
  return SSL_MODES.has(text)
}
