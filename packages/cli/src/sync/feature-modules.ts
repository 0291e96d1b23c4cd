import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** Folders of a service that are searched for features; what lies in them is registered by lying there. */
const FOLDERS = ['src/entities', 'src/pages', 'src/jobs', 'src/services'] as const
const MODULE = /(?<!\.test|\.fixture|\.d)\.ts$/

/** Every module that may export a feature, relative to the service with forward slashes, sorted. */
export async function featureModules(service: string): Promise<readonly string[]> {
  const found = await Promise.all(FOLDERS.map((folder) => modulesIn(service, folder)))
  return found.flat().sort(byCodeUnits)
}

/** The order of generated text: the same on every machine, whatever its locale. */
export function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/**
 * What decides about the registry without running anything: the modules and the names that each
 * exports, as text.
 */
export async function moduleOutline(service: string): Promise<string> {
  const files = await featureModules(service)
  const lines = files.map(async (file) => {
    const text = await readFile(join(service, file), 'utf8')
    return `${file}: ${(text.match(EXPORTS) ?? []).join(' ')}`
  })
  return (await Promise.all(lines)).join('\n')
}

const EXPORTS = /^export\b(?:[^={(;\n]|\{[^}]*\})*/gm

async function modulesIn(service: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(service, folder), {
    recursive: true,
    withFileTypes: true,
  }).catch(nothingThere)
  return entries
    .filter((entry) => entry.isFile() && MODULE.test(entry.name))
    .map((entry) => relative(service, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.includes('/node_modules/'))
}

function nothingThere(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return []
  throw error
}
