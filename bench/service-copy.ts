import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PARTS = ['src', 'migrations', 'config.yaml', 'package.json', 'tsconfig.json', 'biome.json']

/** A copy of the template service to start and stop, so that nobody's own run is touched. */
export function copyService(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-bench-'))
  for (const part of PARTS) {
    cpSync(join(ROOT, 'template', part), join(folder, part), { recursive: true })
  }
  symlinkSync(MODULES, join(folder, 'node_modules'), 'dir')
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** What this checkout has installed. */
export const MODULES = join(ROOT, 'node_modules')

/** The program behind `plinth`. */
export const CLI = join(ROOT, 'packages/cli/bin/plinth.js')
