import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../../..')
/** The template service of this repository. */
export const TEMPLATE = join(ROOT, 'template')

const COPIED = ['src', 'migrations', 'config.yaml', 'package.json', 'tsconfig.json']

/** A copy of the template beside the packages of this repository, without the paths that are named. */
export function scratchService(...without: readonly string[]): {
  readonly folder: string
  remove(): void
} {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-entity-'))
  for (const name of COPIED) cpSync(join(TEMPLATE, name), join(folder, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  for (const name of without) rmSync(join(folder, name), { recursive: true })
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Every file below a folder with its text, by its path; links are told apart. */
export function treeOf(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return new Map(
    entries
      .filter((entry) => !entry.isDirectory() && !entry.parentPath.includes('node_modules'))
      .map((entry) => [join(entry.parentPath, entry.name), entry])
      .map(([path, entry]) => [
        String(path).slice(folder.length + 1),
        typeof entry !== 'string' && entry?.isFile() ? readFileSync(String(path), 'utf8') : 'link',
      ]),
  )
}
