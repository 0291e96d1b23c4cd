import { existsSync } from 'node:fs'
import { glob, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Chunk } from './chunks.ts'
import { chunksOf } from './chunks.ts'
import { linkModules } from './linked-modules.ts'
import type { Places } from './write-chunk.ts'
import { chunkText, entryText } from './write-chunk.ts'

/** Files that are imported or run by name. */
export interface Entries {
  /** All of them, below the folder of the package's code; their names stay. */
  readonly all: readonly string[]
  /** Those that processes load without the others. */
  readonly alone: readonly string[]
}

/**
 * Puts the compiled modules of a package together into few files: a start that opens a thousand small ones
 * spends a third of its time and 30 MB on them. Declarations and assets stay where they are.
 * @param root folder of the package's code
 */
export async function bundlePackage(root: string, { all, alone }: Entries): Promise<void> {
  const linked = await linkModules(root, all)
  const chunks = chunksOf(linked, alone)
  const places = placesOf(chunks)
  const written = new Map<string, string>()
  for (const [entry, module] of linked.entries) written.set(entry, entryText(module, places))
  for (const files of chunks) {
    const place = places.chunkOf(files[0] ?? '')
    const modules = files.flatMap((file) => linked.modules.get(file) ?? [])
    written.set(place, chunkText(place, modules, places))
  }
  for (const file of await compiledFiles(root)) await rm(path.join(root, file))
  for (const [file, text] of written) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), text)
  }
}

function placesOf(chunks: readonly Chunk[]): Places {
  const chunkOf = new Map<string, string>()
  const nameOf = new Map<string, string>()
  for (const [index, files] of chunks.entries()) {
    for (const file of files) {
      chunkOf.set(file, `chunks/${index}.js`)
      nameOf.set(file, `$m${nameOf.size}`)
    }
  }
  const known = (names: ReadonlyMap<string, string>) => (file: string) => {
    const name = names.get(file)
    if (name === undefined) throw new Error(`${file} is in no chunk`)
    return name
  }
  return { chunkOf: known(chunkOf), nameOf: known(nameOf) }
}

/** What the compiler wrote: scripts for browsers have no declarations. */
async function compiledFiles(root: string): Promise<readonly string[]> {
  const files: string[] = []
  for await (const file of glob('**/*.js', { cwd: root })) {
    if (existsSync(path.join(root, file.replace(/\.js$/, '.d.ts')))) files.push(file)
  }
  return files
}
