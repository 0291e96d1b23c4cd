import { misuse } from '../cli-error.ts'
import { foretelling } from '../db/dry-run.ts'
import { type DevFolder, devFolder } from './dev-folder.ts'
import { ensureSecrets, secretsFor } from './dev-secrets.ts'
import { readState } from './dev-state.ts'
import { isRunning } from './process-stamp.ts'
import { readNeeds, type ServiceNeeds } from './service-needs.ts'
import { migrateAll, migrationSets, setUpDatabase } from './set-up-database.ts'
import { say, whileWaiting } from './terminal.ts'

/**
 * Makes what is missing in the database of the service here: the embedded one, or the one that the
 * configuration names, which needs the owner's URL.
 * @param options `dryRun`: only says what would be made
 * @throws CliError when there is a database of one's own and no owner's URL
 */
export async function initDatabase({ dryRun }: { dryRun: boolean }): Promise<void> {
  const folder = devFolder()
  const secrets = dryRun ? secretsFor(folder.secrets) : ensureSecrets(folder.secrets)
  const needs = await readNeeds({ service: folder.service, env: process.env, secrets })
  if (dryRun) return foretell(folder, needs)
  if (needs.database) await initEmbedded({ folder, needs, secrets })
  else if (needs.ownerUrl !== undefined) await migrateAll({ folder, needs }, needs.ownerUrl)
  else throw misuse(NO_OWNER)
  say('The database is ready.')
}

const NO_OWNER =
  'database.url names a database of your own; give its owner as DATABASE_OWNER_URL to migrate it, or run `plinth db setup --admin-url …` first.'

async function foretell(folder: DevFolder, needs: ServiceNeeds): Promise<void> {
  const running = readState(folder.home, 'state')
  const ownUrl = isRunning(running?.postgres?.process) ? running?.ownerUrl : undefined
  const url = needs.database ? ownUrl : needs.ownerUrl
  if (url !== undefined) {
    const bring = foretelling({ url })
    for (const set of migrationSets({ folder, needs })) await bring(set)
  } else if (needs.database)
    say(
      'Would start the PostgreSQL of this service, make what is missing of its roles and schemas, and apply every migration that is pending.',
    )
  else throw misuse(NO_OWNER)
}

type EmbeddedRequest = Parameters<typeof setUpDatabase>[0]

async function initEmbedded(request: EmbeddedRequest): Promise<void> {
  const { ensurePostgres } = await import('plinth/dev')
  const starting = ensurePostgres({ dataDir: request.folder.postgres })
  const postgres = await whileWaiting('Starting PostgreSQL', starting)
  try {
    await setUpDatabase(request, postgres.adminUrl)
  } finally {
    if (!postgres.adopted) await postgres.stop()
  }
}
