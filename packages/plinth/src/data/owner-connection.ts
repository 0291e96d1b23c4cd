import type { ClientConfig } from 'pg'
import type { DatabaseSettings } from './database.settings.ts'
import { parseDatabaseUrl } from './database-url.ts'
import { tlsOptions } from './pool/connection-config.ts'

/**
 * How `plinth db …` reaches the database: as the owner, or as the one role that the host gives.
 * @throws TypeError when neither URL is set
 */
export function ownerConnection(settings: DatabaseSettings): {
  readonly url: string
  readonly ssl: NonNullable<ClientConfig['ssl']>
} {
  const url = settings.owner_url ?? settings.url
  if (url === undefined) {
    throw new TypeError('database.owner_url is not set; "plinth db setup" prints it')
  }
  return { url, ssl: tlsOptions(settings.tls, parseDatabaseUrl(url)) }
}
