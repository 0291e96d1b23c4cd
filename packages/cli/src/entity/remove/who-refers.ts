import { readdir, readFile } from 'node:fs/promises'
import { join, posix, relative, sep } from 'node:path'
import type { FoundEntity } from '../find-entities.ts'

/** Who would break without some modules: a place in the service, and why. */
export interface Referrer {
  readonly file: string
  readonly why: string
}

/** Entities with a reference to one, and modules that import what is to go. */
export async function whoRefers(
  service: string,
  target: FoundEntity,
  { known, going }: { readonly known: readonly FoundEntity[]; readonly going: readonly string[] },
): Promise<readonly Referrer[]> {
  const { name } = target.entity
  const entities = known
    .filter(({ entity }) => entity.name !== name)
    .flatMap(({ entity, file }) =>
      entity.declaration.references
        .filter(({ to }) => to === name)
        .map(({ column }) => ({ file, why: `${entity.name}.${column} refers to ${name}` })),
    )
  return [...entities, ...(await importers(service, going))]
}

async function importers(service: string, going: readonly string[]): Promise<Referrer[]> {
  const found: Referrer[] = []
  for (const file of await modulesOf(service)) {
    if (going.includes(file) || file.startsWith('src/generated/')) continue
    const text = await readFile(join(service, file), 'utf8')
    const imported = [...text.matchAll(IMPORT)].map(([, from = '']) =>
      posix.join(posix.dirname(file), from),
    )
    const hit = imported.find((path) => going.includes(path))
    if (hit !== undefined) found.push({ file, why: `it imports ${hit}` })
  }
  return found
}

const IMPORT = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

async function modulesOf(service: string): Promise<string[]> {
  const folders = ['src', 'tests']
  const listed = await Promise.all(
    folders.map((folder) =>
      readdir(join(service, folder), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  )
  return listed
    .flat()
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(service, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}
