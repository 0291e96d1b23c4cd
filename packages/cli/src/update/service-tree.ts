import { lstat, readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { readManifest, type ServiceManifest } from '../template/manifest.ts'
import { ownershipOf } from '../template/ownership.ts'
import type { Present } from './decide-shared.ts'
import { ownMoves } from './own-moves.ts'

/** What an update reads of a service before it changes anything. */
export interface ServiceTree {
  readonly folder: string
  readonly manifest: ServiceManifest
  /** The template's text of each shared file, as it was when it came. */
  readonly base: ReadonlyMap<string, string>
  /** What stands at each path that the template has or had. */
  readonly present: ReadonlyMap<string, Present>
  /** Where the owner moved shared files to, by the place that the template has them in. */
  readonly ownMoves: ReadonlyMap<string, string>
  /** Texts of the owner that a release may have something to say about. */
  readonly own: ReadonlyMap<string, string>
}

/**
 * Reads a service.
 * @param paths that the new template has; those of the old one are found in `.plinth/base/`
 */
export async function readTree(folder: string, paths: readonly string[]): Promise<ServiceTree> {
  const manifest = await readManifest(folder)
  const home = join(folder, '.plinth', 'base')
  const base = await textsOf(home, await filesUnder(home, () => true))
  const moves = await ownMoves(folder)
  const known = [...base.keys(), ...paths, ...moves.values()]
  const shared = [...new Set(known.filter(isShared))].sort()
  const present = new Map<string, Present>()
  for (const path of shared) present.set(path, await presentAt(folder, path))
  const own = await filesUnder(folder, (path) => !LEFT_OUT.test(path))
  const texts = await textsOf(folder, own.filter(isOwnText))
  return { folder, manifest, base, present, ownMoves: moves, own: texts }
}

const LEFT_OUT = /(^|\/)(node_modules|\.git|\.plinth|vendor|logs|dist|generated|\.env[^/]*)$/
const TEXT = /\.(ts|js|mjs|cjs|json|ya?ml|md|sh|toml|conf|env)$/
/** Far more than any file of the template, and no more lines than a merge by lines can take. */
const MOST_BYTES = 100_000

function isShared(path: string): boolean {
  return ownershipOf(path) === 'shared'
}

function isOwnText(path: string): boolean {
  return ownershipOf(path) === 'yours' && TEXT.test(path)
}

/** A link anywhere on the way leads out of what Plinth brought: it is the owner's. */
async function presentAt(folder: string, path: string): Promise<Present> {
  for (let above = dirname(path); above !== '.'; above = dirname(above)) {
    const parent = await lstat(join(folder, above)).catch(() => undefined)
    if (parent !== undefined && !parent.isDirectory()) return { kind: 'foreign', because: REPLACED }
  }
  const found = await lstat(join(folder, path)).catch(() => undefined)
  if (found === undefined) return { kind: 'absent' }
  if (!found.isFile()) return { kind: 'foreign', because: REPLACED }
  if (found.size > MOST_BYTES) return { kind: 'foreign', because: TOO_LARGE }
  const text = textIn(await readFile(join(folder, path)))
  return text === undefined ? { kind: 'foreign', because: NO_TEXT } : { kind: 'text', text }
}

const REPLACED = 'a link or a folder of yours stands there'
const TOO_LARGE = `it has more than ${MOST_BYTES / 1000} kB, too much to merge`
const NO_TEXT = 'it is no text in UTF-8, so it cannot be merged'

/** Undefined for bytes that would not come back as they were. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

async function textsOf(folder: string, paths: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const path of paths) {
    const { size } = await lstat(join(folder, path))
    if (size < MOST_BYTES) texts.set(path, await readFile(join(folder, path), 'utf8'))
  }
  return texts
}

/** Files below a folder, with forward slashes; links are not followed. */
async function filesUnder(
  folder: string,
  enters: (path: string) => boolean,
): Promise<readonly string[]> {
  const found: string[] = []
  const walk = async (at: string): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      const path = relative(folder, join(at, entry.name)).split(sep).join('/')
      if (!enters(path)) continue
      if (entry.isDirectory()) await walk(join(at, entry.name))
      else if (entry.isFile()) found.push(path)
    }
  }
  await walk(folder)
  return found
}
