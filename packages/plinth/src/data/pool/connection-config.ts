import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import type { ClientConfig } from 'pg'
import type { DatabaseSettings } from '../database.settings.ts'
import { type DatabaseAddress, parseDatabaseUrl } from '../database-url.ts'
import { rowValues } from '../row-values.ts'

/** What a pg client of this service is given. Session limits travel with the connection. */
export function connectionConfig(settings: DatabaseSettings): ClientConfig {
  const limits = {
    ...positive('statement_timeout', settings.statement_timeout_ms),
    ...positive('lock_timeout', settings.lock_timeout_ms),
    ...positive('idle_in_transaction_session_timeout', settings.idle_in_transaction_timeout_ms),
  }
  return { ...addressConfig(settings, settings.url), ...limits }
}

/**
 * A connection that must not pass a pooler: LISTEN, and whatever else lives in a session.
 * @throws TypeError when neither `listen_url` nor `url` is set
 */
export function directConnectionConfig(settings: DatabaseSettings): ClientConfig {
  return addressConfig(settings, settings.listen_url ?? settings.url)
}

function addressConfig(settings: DatabaseSettings, url: string | undefined): ClientConfig {
  if (url === undefined) {
    throw new TypeError('database.url is not set; in development "plinth dev" sets it')
  }
  const address = parseDatabaseUrl(url)
  const file = settings.password_file
  return {
    ...address.client,
    ssl: tlsOptions(settings.tls, address),
    types: rowValues,
    connectionTimeoutMillis: settings.connect_timeout_ms,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Read anew each time: a rotated password needs no restart.
    ...(file !== undefined && { password: async () => (await readFile(file, 'utf8')).trim() }),
  }
}

function positive(key: string, value: number): Record<string, number> {
  return value === 0 ? {} : { [key]: value }
}

/**
 * TLS of one address.
 * @throws Error when a certificate file cannot be read
 */
export function tlsOptions(
  tls: DatabaseSettings['tls'],
  { host, sslMode }: DatabaseAddress,
): false | ConnectionOptions {
  const mode =
    tls.mode === 'auto' ? (sslMode ?? (isLocal(host) ? 'disable' : 'verify-full')) : tls.mode
  if (mode === 'disable') return false
  return {
    ...pem('ca', tls.ca_file),
    ...pem('cert', tls.cert_file),
    ...pem('key', tls.key_file),
    rejectUnauthorized: mode !== 'require',
    // verify-ca: the issuer is right, the name need not be.
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
  }
}

function pem(key: 'ca' | 'cert' | 'key', file: string | undefined): ConnectionOptions {
  return file === undefined ? {} : { [key]: readFileSync(file, 'utf8') }
}

/** Loopback and unix sockets: nobody listens between. */
export function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\./.test(host)
}
