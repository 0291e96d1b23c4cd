import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { AnyEntity } from 'plinth/data'
import { createTableSql, PLATFORM_MIGRATIONS, readMigrations } from 'plinth/data'
import { devFolder } from '../../dev/dev-folder.ts'

/** What the comparison of two databases follows from. */
export interface Compared {
  /** Root of the service. */
  readonly service: string
  /** Folder of its migrations. */
  readonly folder: string
  readonly entities: readonly Pick<AnyEntity, 'declaration'>[]
}

/**
 * Whether the migrations were found to make what is declared when everything that this follows from was
 * as it is now. It reads a dozen small files, where finding out anew fills two databases.
 */
export async function isProved(compared: Compared): Promise<boolean> {
  const known = await readFile(fileOf(compared), 'utf8').catch(() => undefined)
  return known !== undefined && known === (await fingerprintOf(compared))
}

/** Remembers that the migrations make what is declared, where there is a place for it. */
export async function rememberProof(compared: Compared): Promise<void> {
  const file = fileOf(compared)
  const fingerprint = await fingerprintOf(compared)
  await mkdir(dirname(file), { recursive: true })
    .then(() => writeFile(file, fingerprint))
    // A folder that takes no files costs the comparison each time, and nothing else.
    .catch(() => undefined)
}

function fileOf({ service }: Compared): string {
  return join(devFolder(service).home, 'migrations-proved')
}

/** A change too many costs the comparison; a change too few would be an error. */
async function fingerprintOf({ folder, entities }: Compared): Promise<string> {
  const [platform, own, ...versions] = await Promise.all([
    readMigrations(PLATFORM_MIGRATIONS),
    readMigrations(folder),
    readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
    readFile(createRequire(import.meta.url).resolve('plinth/package.json'), 'utf8'),
  ])
  const files = [...platform, ...own].map(({ name, up }) => [name, up])
  const declared = entities.map((entity) => {
    const { schema, table, key, tenant, migrated } = entity.declaration
    // Of a table that is migrated elsewhere only its name and its keys count here.
    return migrated === 'here' ? createTableSql(entity, entities) : [schema, table, key, tenant]
  })
  const server = process.env['PLINTH_TEST_POSTGRES_URL'] ?? ''
  const all = JSON.stringify([versions, process.version, server, files, declared])
  return createHash('sha256').update(all).digest('base64url')
}
