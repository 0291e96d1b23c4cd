import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Release } from './release.ts'
import { filesOf, type Tarballs, vendoredFiles } from './tarballs.ts'

/**
 * What each of Plinth's tarballs is called in a service's `vendor/`, by the name that `npm pack` gives it. Another text
 * of the same version has a name of its own: under one name every package manager would keep the packages it has.
 */
export type VendoredNames = ReadonlyMap<string, string>

const FINGERPRINT_LETTERS = 8

/** The names that the tarballs would have, or those that are there already when none are brought. */
export async function vendoredNames(
  service: string,
  version: string,
  tarballs?: Tarballs,
): Promise<VendoredNames> {
  const there = await vendoredFiles(service)
  const named = filesOf(version).map(async (file) => {
    const spellings = there
      .map((path) => path.slice('vendor/'.length))
      .filter((name) => isNameOf(file, name))
    const name = await nameOf({ service, file, spellings, ...(tarballs && { tarballs }) })
    return [file, name] as const
  })
  return new Map(await Promise.all(named))
}

/** Whether a service has these very tarballs in its `vendor/`, whatever they are called there. */
export async function hasVendored(service: string, tarballs: Tarballs): Promise<boolean> {
  const names = await vendoredNames(service, tarballs.version, tarballs)
  const there = await vendoredFiles(service)
  return [...names.values()].every((name) => there.includes(`vendor/${name}`))
}

/** What tells these tarballs from all others. */
export async function fingerprintOf({ folder, files }: Tarballs): Promise<string> {
  const each = await Promise.all(files.map((file) => fingerprint(join(folder, file))))
  return each.join('_')
}

/** The release, with the names of its packages as this service has them. */
export function withNames(release: Release, names: VendoredNames): Release {
  const text = release.files.get('package.json')
  if (text === undefined) return release
  const named = [...names].reduce(
    (so, [file, name]) => so.replaceAll(`"file:vendor/${file}"`, `"file:vendor/${name}"`),
    text,
  )
  return { ...release, files: new Map([...release.files, ['package.json', named]]) }
}

interface Asked {
  readonly service: string
  readonly file: string
  /** What it is called there now. */
  readonly spellings: readonly string[]
  readonly tarballs?: Tarballs
}

async function nameOf({ service, file, spellings, tarballs }: Asked): Promise<string> {
  if (tarballs === undefined) return spellings[0] ?? file
  if (spellings.length === 0) return file
  const brought = await fingerprint(join(tarballs.folder, file))
  for (const name of spellings)
    if ((await fingerprint(join(service, 'vendor', name))) === brought) return name
  return file.replace(/\.tgz$/, `_${brought}.tgz`)
}

/** `plinth-0.2.0.tgz` itself, or `plinth-0.2.0_1a2b3c4d.tgz`. */
function isNameOf(file: string, name: string): boolean {
  const stem = file.replace(/\.tgz$/, '')
  return name === file || (name.startsWith(`${stem}_`) && /_[0-9a-f]{8}\.tgz$/.test(name))
}

async function fingerprint(path: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(path))
  return hash.digest('hex').slice(0, FINGERPRINT_LETTERS)
}
