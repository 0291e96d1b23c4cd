import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError, misuse } from '../../cli-error.ts'
import { areMigrationsExternal } from '../../db/external-migrations.ts'
import { writeRevision } from '../../db/revision/index.ts'
import { suggestion } from '../../suggestion.ts'
import { featureModules } from '../../sync/feature-modules.ts'
import { syncService } from '../../sync/sync-service.ts'
import type { EntityName } from '../naming/entity-name.ts'
import { placeInService } from '../safe-place.ts'
import { type FoundDeclaration, findDeclaration } from './find-declaration.ts'

/** A change of one field. */
export interface FieldChange {
  readonly service: string
  readonly entity: EntityName
  /** The new text; undefined where the module is in no shape that we know. */
  readonly edit: (text: string, found: FoundDeclaration) => string | undefined
  /** What a person would do by hand: a sentence. */
  readonly byHand: string
  /** Names the migration: `add weight to product`. */
  readonly message: string
  readonly renames?: readonly string[]
  readonly allowDestructive?: boolean
  readonly migration: boolean
  readonly dryRun: boolean
}

/** What came of it. Paths are relative to the service. */
export interface ChangedField {
  /** The module that declares the entity. */
  readonly file: string
  readonly before: string
  readonly after: string
  /** Migrations and generated files. */
  readonly written: readonly string[]
  /** Generated files that would break callers, and stay as they are. */
  readonly kept: readonly string[]
}

/** A module that declares the entity, and where in it. */
export interface DeclaredIn {
  readonly file: string
  readonly text: string
  readonly found: FoundDeclaration
}

/**
 * Changes a field in the declaration of an entity, and nothing else in the module; then writes the
 * migration and `src/generated/`. If one of the three is refused, the module is put back as it was, and
 * the migration goes.
 * @throws CliError (exit code 2) with the line to write by hand when the module is in no shape we know,
 *   or with what the new declaration is refused for
 */
export async function changeField(change: FieldChange): Promise<ChangedField> {
  const { service, dryRun, edit, byHand } = change
  const { file, text, found } = await declarationFile(change)
  const after = edit(text, found)
  if (after === undefined) throw notRecognised(file, byHand)
  if (dryRun) return { file, before: text, after, written: [], kept: [] }
  const target = placeInService(service, file)
  await writeFile(target, after)
  const migrations: string[] = []
  try {
    migrations.push(...(await migrationsFor(change)))
    const { written, kept } = await syncService(service, { onBreaking: 'keep' })
    return { file, before: text, after, written: [...migrations, ...written], kept }
  } catch (error) {
    await writeFile(target, text)
    for (const migration of migrations) await rm(placeInService(service, migration))
    throw undeclarable(error) ?? error
  }
}

/** What `entity()` says against a declaration: a TypeError, also where it stopped the import. */
function undeclarable(error: unknown): CliError | undefined {
  const said = [error, error instanceof Error && error.cause].find(
    (one) => one instanceof TypeError,
  )
  if (said === undefined) return undefined
  return new CliError(`This cannot be declared, so nothing was changed: ${said.message}`, 2, error)
}

async function migrationsFor(change: FieldChange): Promise<readonly string[]> {
  const { service, message, renames = [], allowDestructive = false } = change
  if (!change.migration || (await areMigrationsExternal(service))) return []
  const revision = await writeRevision({ service, message, renames, allowDestructive })
  switch (revision.code) {
    case 'written':
    case 'nothing':
      return revision.files
    case 'ambiguous':
    case 'destructive':
      throw misuse(
        `Entities and migrations differ by more than this change, so nothing was changed. ${revision.text}`,
      )
  }
}

/**
 * The module that declares an entity, found in the text: nothing is imported, so that what follows sees
 * the module as it is then.
 * @throws CliError (exit code 2) when there is none in a shape that we know
 */
export async function declarationFile({
  service,
  entity,
  byHand,
}: Pick<FieldChange, 'service' | 'entity' | 'byHand'>): Promise<DeclaredIn> {
  const mentions: string[] = []
  const names: string[] = []
  for (const file of await featureModules(service)) {
    const text = await readFile(join(service, file), 'utf8')
    const found = findDeclaration(text, entity.snake)
    if (found !== undefined) return { file, text, found }
    const declared = [...text.matchAll(DECLARES)].map(([, name = '']) => name)
    names.push(...declared)
    if (declared.includes(entity.snake)) mentions.push(file)
  }
  const [file] = mentions
  if (file !== undefined) throw notRecognised(file, byHand)
  const near = await suggestion(entity.snake, names)
  const next = near === undefined ? '`plinth entity ls` lists them.' : `did you mean ${near}?`
  throw misuse(`There is no entity "${entity.snake}"; ${next}`)
}

const DECLARES = /\bentity\(\s*['"]([a-z]\w*)['"]/g

function notRecognised(file: string, byHand: string) {
  return misuse(
    `${file} declares its fields in a shape that this command does not edit, so nothing was changed. ${byHand} Then run \`plinth db revision\`.`,
  )
}
