import { rm } from 'node:fs/promises'
import { crud, feature } from 'plinth'
import type { AnyEntity } from 'plinth/data'
import { CliError, misuse } from '../../cli-error.ts'
import { areMigrationsExternal } from '../../db/external-migrations.ts'
import { describeService } from '../../read-routes.ts'
import { suggestion } from '../../suggestion.ts'
import { featuresIn, type LoadedModule, loadModules } from '../../sync/find-features.ts'
import { syncService } from '../../sync/sync-service.ts'
import { entitiesIn, type FoundEntity } from '../find-entities.ts'
import { isThere, type NewFile, placeInService, refuseExisting, writeNew } from '../safe-place.ts'
import { tableMigration } from '../table-migration.ts'
import { entityAloneText } from '../text/entity-text.ts'
import type { EntityPlan } from '../text/plan.ts'
import { declareEarly } from './declare-early.ts'
import { entityFiles, folderOf } from './entity-files.ts'

/** How an entity is added. */
export interface AddOptions {
  readonly service: string
  readonly migration: boolean
  readonly dryRun: boolean
}

/** What `plinth entity add` wrote, or would write. Paths are relative to the service. */
export interface Added {
  readonly entity: string
  readonly table: string
  readonly files: readonly NewFile[]
  /** Files of src/generated/ that followed; none on a dry run. */
  readonly generated: readonly string[]
  /** What is left to a person, a sentence each. */
  readonly open: readonly string[]
}

/**
 * Writes an entity: its module, its test and the migration of its table; then `plinth sync`. No file
 * that was there is touched but those in src/generated/.
 * @throws CliError (exit code 2) when the name is taken, a reference leads nowhere, or the declaration
 *   or the service with it is refused; nothing is written then
 */
export async function addEntity(plan: EntityPlan, options: AddOptions): Promise<Added> {
  const { service, dryRun } = options
  refuseTaken(service, plan)
  const modulesThere = await loadModules(service)
  const known = entitiesIn(modulesThere)
  refuseTwins(plan, known)
  await refuseUnknownTargets(plan, known)
  const entity = await declareEarly(service, entityAloneText(plan))
  const { files: modules, open } = entityFiles(plan, entity, known)
  const others = known.map((one) => one.entity)
  const migrates = options.migration && !(await areMigrationsExternal(service))
  const migration = migrates ? await tableMigration(service, entity, others) : []
  const files = [...modules, ...migration]
  refuseExisting(
    service,
    files.map(({ file }) => file),
  )
  const generated = dryRun
    ? await rehearse(service, modulesThere, entity)
    : await write(service, files, folderOf(plan))
  return { entity: plan.name.snake, table: tableOf(entity), files, generated, open }
}

/** Writes it all, or where the service cannot be put together with it, nothing. */
async function write(
  service: string,
  files: readonly NewFile[],
  folder: string,
): Promise<readonly string[]> {
  await writeNew(service, files)
  try {
    return (await syncService(service, { onBreaking: 'keep' })).written
  } catch (cause) {
    const made = [...files.map(({ file }) => file), folder]
    for (const path of made)
      await rm(placeInService(service, path), { recursive: true, force: true })
    throw unfit(cause)
  }
}

/** Puts the service together as it would be, and writes nothing. */
async function rehearse(
  service: string,
  modules: readonly LoadedModule[],
  entity: AnyEntity,
): Promise<readonly string[]> {
  const features = featuresIn(modules).map((found) => found.feature)
  const served = feature(entity.name, { entities: [entity], routes: [crud(entity)] })
  await describeService(service, [...features, served]).catch((cause) => {
    throw unfit(cause)
  })
  return []
}

function unfit(cause: unknown): CliError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CliError(
    `The service cannot have it, so nothing was written. ${why} (--plural gives table and path another name.)`,
    2,
    cause,
  )
}

function tableOf({ declaration }: AnyEntity): string {
  return `${declaration.schema}.${declaration.table}`
}

function refuseTaken(service: string, plan: EntityPlan): void {
  const folder = folderOf(plan)
  if (!isThere(placeInService(service, folder))) return
  throw misuse(
    `${folder} is there already; choose another name, or remove it with \`plinth entity rm ${plan.name.pascal}\`.`,
  )
}

function refuseTwins({ name, plural }: EntityPlan, known: readonly FoundEntity[]): void {
  const twin = known.find(({ entity }) => entity.name === name.snake || entity.plural === plural)
  if (twin === undefined) return
  const what = twin.entity.name === name.snake ? `entity ${name.snake}` : `table app.${plural}`
  throw misuse(
    `${twin.file} declares the ${what} already; choose another name${twin.entity.name === name.snake ? '' : ' or --plural'}.`,
  )
}

async function refuseUnknownTargets(
  { name, fields }: EntityPlan,
  known: readonly FoundEntity[],
): Promise<void> {
  const names = [...known.map(({ entity }) => entity.name), name.snake]
  for (const { name: field, refersTo, optional } of fields) {
    if (refersTo === undefined) continue
    if (refersTo === name.snake && !optional)
      throw misuse(
        `"${field}": a row that must refer to one of its kind can never be the first; say ref(${refersTo})?.`,
      )
    if (names.includes(refersTo)) continue
    const near = await suggestion(refersTo, names)
    const next =
      near === undefined
        ? `add it first: plinth entity add ${refersTo} …`
        : `did you mean ref(${near})?`
    throw misuse(`"${field}": there is no entity "${refersTo}"; ${next}`)
  }
}
