import { misuse } from '../cli-error.ts'
import { type DevFolder, devFolder } from './dev-folder.ts'
import { ensureSecrets, type Secrets } from './dev-secrets.ts'
import { readNeeds } from './service-needs.ts'
import { migrateAll, setUpDatabase } from './set-up-database.ts'
import { say, whileWaiting } from './terminal.ts'

/**
 * Makes what is missing in the database of the service here: the embedded one, or the one that the
 * configuration names, which needs the owner's URL.
 * @throws CliError when there is a database of one's own and no owner's URL
 */
export async function initDatabase(): Promise<void> {
  const folder = devFolder()
  const secrets = ensureSecrets(folder.secrets)
  const needs = await readNeeds({ service: folder.service, env: process.env, secrets })
  if (needs.database) await initEmbedded(folder, secrets)
  else if (needs.ownerUrl !== undefined) await migrateAll(folder, needs.ownerUrl)
  else
    throw misuse(
      'database.url names a database of your own; give its owner as DATABASE_OWNER_URL to migrate it, or run `plinth db setup --admin-url …` first.',
    )
  say('The database is ready.')
}

async function initEmbedded(folder: DevFolder, secrets: Secrets): Promise<void> {
  const { ensurePostgres } = await import('plinth/dev')
  const starting = ensurePostgres({ dataDir: folder.postgres })
  const postgres = await whileWaiting('Starting PostgreSQL', starting)
  try {
    await setUpDatabase(folder, postgres.adminUrl, secrets)
  } finally {
    if (!postgres.adopted) await postgres.stop()
  }
}
