import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** A line that still says a name, as an editor opens it: `src/pages/home.ts:12`. */
export interface StillNamed {
  readonly place: string
  readonly line: string
}

const FOLDERS = ['src', 'tests']
const MOST = 20

/** The lines of a service's modules that hold a word, for a person to look at; at most twenty. */
export async function stillNamed(service: string, word: string): Promise<readonly StillNamed[]> {
  const found: StillNamed[] = []
  const whole = new RegExp(`\\b${word}\\b`)
  for (const file of await modulesBelow(service)) {
    const lines = (await readFile(join(service, file), 'utf8')).split('\n')
    for (const [at, line] of lines.entries()) {
      if (whole.test(line)) found.push({ place: `${file}:${at + 1}`, line: line.trim() })
      if (found.length === MOST) return found
    }
  }
  return found
}

async function modulesBelow(service: string): Promise<string[]> {
  const entries = await Promise.all(
    FOLDERS.map((folder) =>
      readdir(join(service, folder), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  )
  return entries
    .flat()
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(service, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.startsWith('src/generated/'))
    .sort()
}
