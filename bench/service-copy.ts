import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keptTarballs } from '../scripts/pack/kept-tarballs.ts'
import { packPackages } from '../scripts/pack/stage.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PARTS = ['src', 'migrations', 'config.yaml', 'package.json', 'tsconfig.json', 'biome.json']
/** What this checkout links to itself. */
const OWN = ['plinth', '@plinth', 'my-service', 'create-plinth', '.bin', '.cache']

/** What a service has of others to run by name. */
const PROGRAMS = ['tsc', 'biome']

/** A service in a folder of its own. */
export interface ServiceCopy {
  readonly folder: string
  remove(): void
}

/**
 * A copy of the template service to start and stop, so that nobody's own run is touched, with the packages
 * as they are published, which is what a service really starts with.
 */
export async function copyPackedService(): Promise<ServiceCopy> {
  const copy = copyTemplate()
  const modules = join(copy.folder, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(MODULES)) {
    if (!OWN.includes(name)) symlinkSync(join(MODULES, name), join(modules, name))
  }
  const packing = join(copy.folder, 'packing')
  mkdirSync(packing)
  const tarballs = await keptTarballs(() => packPackages(packing))
  mkdirSync(join(modules, '@plinth'))
  for (const name of ['plinth', '@plinth/cli']) {
    execFileSync('tar', ['-xzf', tarballs.get(name) ?? '', '-C', modules])
    renameSync(join(modules, 'package'), join(modules, name))
  }
  mkdirSync(join(modules, '.bin'))
  for (const name of PROGRAMS) symlinkSync(join(MODULES, '.bin', name), join(modules, '.bin', name))
  return copy
}

/** The program behind `plinth` in a service on the published packages. */
export function programIn({ folder }: Pick<ServiceCopy, 'folder'>): string {
  return join(folder, 'node_modules/@plinth/cli/bin/plinth.js')
}

function copyTemplate(): ServiceCopy {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-bench-'))
  for (const part of PARTS) {
    cpSync(join(ROOT, 'template', part), join(folder, part), { recursive: true })
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** What this checkout has installed. */
export const MODULES = join(ROOT, 'node_modules')

/** The program behind `plinth`. */
export const CLI = join(ROOT, 'packages/cli/bin/plinth.js')
