import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DevFolder } from './dev-folder.ts'
import type { Secrets } from './dev-secrets.ts'
import { fileLog } from './log-file.ts'
import type { ServiceNeeds } from './service-needs.ts'
import { quiet, say } from './terminal.ts'

const DATABASE = 'app_db'

/** URLs of the roles of a development database. */
export interface DatabaseUrls {
  readonly app: string
  readonly owner: string
}

/** Whose database it is, and which of its migrations are ours to run. */
export interface DatabaseRequest {
  readonly folder: DevFolder
  readonly needs: Pick<ServiceNeeds, 'externalMigrations'>
}

/** Makes database, roles, schemas and tables, whatever of them is missing. */
export async function setUpDatabase(
  request: DatabaseRequest & { readonly secrets: Secrets },
  adminUrl: string,
): Promise<DatabaseUrls> {
  const { secrets } = request
  const { setupRoles } = await import('plinth/data')
  const passwords = {
    owner: secrets['DATABASE_OWNER_PASSWORD'] ?? '',
    app: secrets['DATABASE_APP_PASSWORD'] ?? '',
    readonly: secrets['DATABASE_READONLY_PASSWORD'] ?? '',
  }
  const { urls } = await setupRoles({ adminUrl, database: DATABASE, passwords })
  await migrateAll(request, urls.owner)
  return { app: urls.app, owner: urls.owner }
}

/** Brings both sets of migrations up to date, the platform's first. */
export async function migrateAll(request: DatabaseRequest, ownerUrl: string): Promise<void> {
  const { migrate } = await import('plinth/data')
  const log = fileLog(join(request.folder.logs, 'migrations.log'))
  for (const set of migrationSets(request)) {
    const { ran } = await migrate({ url: ownerUrl, set, log })
    for (const name of ran) say(quiet(`Migrated ${name}`))
  }
}

/** The migrations of a service: the platform's, and its own where it has any that are ours to run. */
export function migrationSets({ folder, needs }: DatabaseRequest) {
  const own = join(folder.service, 'migrations')
  if (!existsSync(own) || needs.externalMigrations) return ['platform'] as const
  return ['platform', { folder: own }] as const
}
