import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { misuse } from '../cli-error.ts'
import { TARBALLS } from '../template/package-json.ts'
import { versionOrder } from './version-order.ts'

/** The packages of one version of Plinth, as files. */
export interface Tarballs {
  readonly version: string
  /** Absolute or relative to where the command runs. */
  readonly folder: string
  readonly files: readonly string[]
}

const RUNTIME = /^plinth-(\d+\.\d+\.\d+(?:-[\w.]+)?)\.tgz$/

/**
 * The newest version of Plinth that a folder holds completely.
 * @throws CliError (exit code 2) when it holds none
 */
export async function findTarballs(folder: string): Promise<Tarballs> {
  const there = new Set(await readdir(folder).catch(() => []))
  const versions = [...there]
    .map((file) => RUNTIME.exec(file)?.[1] ?? '')
    .filter((version) => version !== '' && filesOf(version).every((file) => there.has(file)))
    .sort((a, b) => versionOrder(a, b) ?? 0)
  const version = versions.at(-1)
  if (version === undefined)
    throw misuse(
      `${folder} does not hold plinth-<version>.tgz and plinth-cli-<version>.tgz of one version; make them with \`npm run packed -- <folder>\` in a checkout of Plinth, or name another folder by --from.`,
    )
  return { version, folder, files: filesOf(version) }
}

/** Puts the tarballs into the service's `vendor/` by these names, in the place of those that are there. */
export async function vendorTarballs(
  service: string,
  tarballs: Tarballs,
  names: ReadonlyMap<string, string>,
): Promise<void> {
  const vendor = join(service, 'vendor')
  await mkdir(vendor, { recursive: true })
  for (const file of tarballs.files) {
    const [from, to] = [resolve(tarballs.folder, file), resolve(vendor, names.get(file) ?? file)]
    if (from !== to) await copyFile(from, to)
  }
  await removeOtherTarballs(service, [...names.values()])
}

/** Removes Plinth's other tarballs from `vendor/`; what else lies there is the owner's. */
export async function removeOtherTarballs(
  service: string,
  names: readonly string[],
): Promise<void> {
  const kept = names.map((file) => `vendor/${file}`)
  for (const path of await vendoredFiles(service))
    if (!kept.includes(path)) await rm(join(service, path))
}

/** Plinth's tarballs of every version in the service's `vendor/`, as paths from its root. */
export async function vendoredFiles(service: string): Promise<readonly string[]> {
  const there: readonly string[] = await readdir(join(service, 'vendor')).catch(() => [])
  return there
    .filter((file) => /^plinth-(cli-)?\d[^/]*\.tgz$/.test(file))
    .map((file) => `vendor/${file}`)
}

/** What `npm pack` calls Plinth's packages of a version. */
export function filesOf(version: string): readonly string[] {
  return Object.values(TARBALLS).map((file) => file(version))
}
