import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, posix, sep } from 'node:path'
import { readMigrations } from 'plinth/data'
import { misuse } from '../../cli-error.ts'
import { areMigrationsExternal } from '../../db/external-migrations.ts'
import { writeRevision } from '../../db/revision/index.ts'
import { suggestion } from '../../suggestion.ts'
import { loadModules } from '../../sync/find-features.ts'
import { type SyncResult, syncService } from '../../sync/sync-service.ts'
import { entitiesIn, type FoundEntity } from '../find-entities.ts'
import { entityName } from '../naming/entity-name.ts'
import { placeInService } from '../safe-place.ts'
import { whoRefers } from './who-refers.ts'

/** What removing an entity left. Paths are relative to the service. */
export type Removed = Pick<SyncResult, 'written' | 'kept'>

/** What would go with an entity. Paths are relative to the service. */
export interface Removal {
  readonly entity: string
  readonly table: string
  /** Every file of its folder. */
  readonly files: readonly string[]
  /** Whether a migration is written that drops the table. */
  readonly dropsTable: boolean
}

/**
 * Finds out what removing an entity takes.
 * @throws CliError (exit code 2) when there is none of that name, when it does not have a folder of its
 *   own, or when others refer to it
 */
export async function planRemoval(service: string, name: string): Promise<Removal> {
  const known = entitiesIn(await loadModules(service))
  const target = await entityNamed(name, known)
  const files = await filesOf(service, target, known)
  const referrers = await whoRefers(service, target, { known, going: files })
  if (referrers.length > 0) {
    const list = referrers.map(({ file, why }) => `${file}: ${why}`).join('\n')
    throw misuse(`${target.entity.name} is still needed; change these first:\n${list}`)
  }
  const { schema, table, migrated } = target.entity.declaration
  const external = migrated === 'elsewhere' || (await areMigrationsExternal(service))
  const dropsTable = !external && (await isMigrated(service, `${schema}.${table}`))
  return { entity: target.entity.name, table: `${schema}.${table}`, files, dropsTable }
}

/**
 * Removes the files of an entity and writes the migration that drops its table. They are put aside, and
 * come back when what follows from it cannot be written.
 * @returns the files that were written
 */
export async function removeEntity(service: string, removal: Removal): Promise<Removed> {
  const folder = placeInService(service, posix.dirname(removal.files[0] ?? ''))
  const aside = placeInService(service, `.plinth/dev/removed/${removal.entity}`)
  await mkdir(dirname(aside), { recursive: true })
  await rm(aside, { recursive: true, force: true })
  await rename(folder, aside)
  try {
    const removed = await follow(service, removal)
    await rm(aside, { recursive: true })
    return removed
  } catch (error) {
    await rename(aside, folder)
    throw error
  }
}

/** Writes what follows from an entity that is not there any more. */
async function follow(service: string, { entity, dropsTable }: Removal): Promise<Removed> {
  const { written, kept } = await syncService(service, { onBreaking: 'keep' })
  if (!dropsTable) return { written, kept }
  const message = `drop ${entity}`
  const revision = await writeRevision({ service, message, allowDestructive: true })
  return { written: [...revision.files, ...written], kept }
}

/**
 * The entity that a person means by a name.
 * @throws CliError (exit code 2) naming the nearest
 */
export async function entityNamed(
  name: string,
  known: readonly FoundEntity[],
): Promise<FoundEntity> {
  const { snake } = entityName(name)
  const found = known.find(({ entity }) => entity.name === snake)
  if (found !== undefined) return found
  const near = await suggestion(
    snake,
    known.map(({ entity }) => entity.name),
  )
  const next = near === undefined ? '`plinth entity ls` lists them.' : `did you mean ${near}?`
  throw misuse(`There is no entity "${snake}"; ${next}`)
}

async function filesOf(
  service: string,
  { entity, file }: FoundEntity,
  known: readonly FoundEntity[],
): Promise<readonly string[]> {
  const folder = posix.dirname(file)
  const others = known.filter((one) => one.entity !== entity && one.file.startsWith(`${folder}/`))
  const isOwn = /^src\/entities\/[^/]+$/.test(folder) && others.length === 0
  if (!isOwn) {
    const why =
      others.length === 0
        ? 'it does not lie in a folder of its own below src/entities'
        : `${others.map((one) => one.entity.name).join(', ')} lies beside it`
    throw misuse(
      `${file} cannot be removed as a whole, because ${why}; take ${entity.name} out by hand, then run \`plinth db revision -m "drop ${entity.name}"\`.`,
    )
  }
  const place = placeInService(service, folder)
  const entries = await readdir(place, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1))
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .sort()
}

/** Whether some migration creates the table: then one must drop it. */
async function isMigrated(service: string, table: string): Promise<boolean> {
  const migrations = await readMigrations(join(service, 'migrations'))
  return migrations.some(({ up }) => up.includes(`create table ${table} `))
}
