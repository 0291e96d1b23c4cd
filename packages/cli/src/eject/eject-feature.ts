import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import { installedVersion } from '../update/release.ts'
import { repositoryAt } from '../update/repository.ts'
import { type Ejectable, folderOf } from './ejectable.ts'
import { changedSince, readEjected, recordEjected, recordOf } from './ejected-record.ts'
import { featureSource } from './feature-source.ts'

/** What ejecting did, or would do. */
export interface Ejection {
  readonly feature: string
  /** Relative to the service, with forward slashes. */
  readonly files: readonly string[]
  /** What the owner writes into main.ts and worker.ts; no command edits those. */
  readonly next: readonly string[]
}

/**
 * Copies a feature of the platform into the service, as the owner's code.
 * @throws CliError (exit code 2) when the copy is there already
 */
export async function ejectFeature(
  service: string,
  feature: Ejectable,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Ejection> {
  const folder = folderOf(feature)
  if (existsSync(join(service, folder)))
    throw misuse(
      `${folder} is there already; see what the platform changed since by \`plinth eject ${feature.name} --diff\`.`,
    )
  const source = await featureSource(feature.room)
  if (!dryRun) {
    await mkdir(join(service, folder), { recursive: true })
    for (const [name, text] of source) await writeFile(join(service, folder, name), text)
    await recordEjected(service, feature.name, recordOf(await installedVersion(), source))
  }
  return {
    feature: feature.name,
    files: [...source.keys()].map((name) => `${folder}/${name}`),
    next: [
      `import { ${feature.exported} } from './ejected/${feature.name}/index.ts'`,
      `await start({ features: registry, replace: { ${feature.name}: ${feature.exported} } })`,
    ],
  }
}

/**
 * What git says of the copy against the platform's text of today; `''` when they are the same.
 * @throws CliError (exit code 2) when the feature was not ejected
 */
export async function differenceOf(service: string, feature: Ejectable): Promise<string> {
  await requireEjected(service, feature)
  const theirs = await mkdtemp(join(tmpdir(), 'plinth-platform-'))
  try {
    for (const [name, text] of await featureSource(feature.room))
      await writeFile(join(theirs, name), text)
    const { out } = await repositoryAt(service).ask(
      'diff',
      '--no-index',
      '--src-prefix=yours/',
      '--dst-prefix=platform/',
      '--',
      folderOf(feature),
      theirs,
    )
    return out.replaceAll(theirs, folderOf(feature)).replaceAll('//', '/')
  } finally {
    await rm(theirs, { recursive: true, force: true })
  }
}

/**
 * Notes that the owner has seen what the platform changed; `plinth doctor` is quiet about it then.
 * @returns what has changed; a dry run only says that
 */
export async function markSeen(
  service: string,
  feature: Ejectable,
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly string[]> {
  const record = await requireEjected(service, feature)
  const source = await featureSource(feature.room)
  if (!dryRun)
    await recordEjected(service, feature.name, recordOf(await installedVersion(), source))
  return changedSince(record, source)
}

async function requireEjected(service: string, { name }: Ejectable) {
  const record = (await readEjected(service))[name]
  if (record !== undefined) return record
  throw misuse(`${name} was not ejected here; \`plinth eject ${name}\` does it.`)
}
