import { createHash } from 'node:crypto'
import { cp, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'

const ROOT = path.resolve(import.meta.dirname, '../..')
const KEPT = path.join(ROOT, 'node_modules', '.cache', 'plinth-packed')
/** All that the packages are made from. */
const SOURCES = ['packages', 'clients', 'template', 'scripts', 'package-lock.json', 'README.md']
const LEFT_OUT = new Set(['node_modules', 'dist', '.plinth', 'logs'])

/** How long a tarball is kept after its sources have changed: whoever copies it now must be able to finish. */
const FORGOTTEN_AFTER_MS = 3_600_000

/**
 * The tarballs of the sources as they are now: packed once, then copied.
 * @param pack packs them, when there are none
 */
export async function keptTarballs(
  pack: () => Promise<ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(KEPT, await stamp())
  const found = await tarballsIn(folder)
  if (found.size > 0) return found
  const made = path.join(KEPT, `making-${process.pid}`)
  for (const [name, tarball] of await pack())
    await cp(tarball, path.join(made, encodeURIComponent(name), path.basename(tarball)))
  await forgetOld()
  // Whoever else packed the same meanwhile was first; theirs are as good.
  await rename(made, folder).catch(() => rm(made, { recursive: true, force: true }))
  return tarballsIn(folder)
}

async function tarballsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder).catch(() => [])
  const entries = names.map(async (name) => {
    const [file = ''] = await readdir(path.join(folder, name))
    return [decodeURIComponent(name), path.join(folder, name, file)] as const
  })
  return new Map(await Promise.all(entries))
}

async function forgetOld(): Promise<void> {
  for (const name of await readdir(KEPT)) {
    const folder = path.join(KEPT, name)
    // Whoever packs at the same time moves theirs away.
    const found = await stat(folder).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > FORGOTTEN_AFTER_MS)
      await rm(folder, { recursive: true, force: true })
  }
}

/** Changes whenever a source does, by size or time. */
async function stamp(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of SOURCES)
    for (const line of await describe(path.join(ROOT, source))) hash.update(line)
  return hash.digest('hex').slice(0, 16)
}

async function describe(place: string): Promise<string[]> {
  const facts = await stat(place)
  if (!facts.isDirectory()) return [`${place} ${facts.size} ${facts.mtimeMs}\n`]
  const names = (await readdir(place)).filter((name) => !LEFT_OUT.has(name)).sort()
  return (await Promise.all(names.map((name) => describe(path.join(place, name))))).flat()
}
