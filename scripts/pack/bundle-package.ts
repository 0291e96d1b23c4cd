import { existsSync } from 'node:fs'
import { glob, rm } from 'node:fs/promises'
import path from 'node:path'
import { type Plugin, type RollupLog, rollup } from '@rollup/wasm-node'

/** Chunks below this size, in bytes, are put together where that loads nothing in vain. */
const SMALL = 20_000

/**
 * Puts the compiled modules of a package together into few files: a start that opens a thousand small ones
 * spends a third of its time and 30 MB on them. Declarations and assets stay where they are.
 * @param root folder of the package's code
 * @param entries files below `root` that are imported or run by name: they keep their places
 * @throws Error for whatever the bundler warns of
 */
export async function bundlePackage(root: string, entries: readonly string[]): Promise<void> {
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((file) => [file, path.join(root, file)])),
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
    // The packages declare it: what only passes names on need not be loaded for one of them.
    treeshake: { moduleSideEffects: false },
    plugins: [ownPlaces(root)],
    onLog: (level, log) => {
      if (level === 'warn') refuse(log)
    },
  })
  const compiled = await compiledFiles(root)
  const { output } = await bundle.write({
    dir: root,
    entryFileNames: '[name]',
    chunkFileNames: 'chunks/[name]-[hash].js',
    experimentalMinChunkSize: SMALL,
  })
  const written = output.map(({ fileName }) => path.normalize(fileName))
  const left = compiled.filter((file) => !written.includes(file))
  await Promise.all(left.map((file) => rm(path.join(root, file))))
}

function refuse({ code, message }: RollupLog): void {
  // The compiler asks for `this` where it spells out `await using`, and takes none for an answer.
  if (code !== 'THIS_IS_UNDEFINED') throw new Error(message)
}

/** A module that asks where it is gets the answer that it had as a file of its own. */
function ownPlaces(root: string): Plugin {
  return {
    name: 'own-places',
    resolveImportMeta(property, { chunkId, moduleId }) {
      if (property !== 'url') return null
      const place = path.relative(path.join(root, path.dirname(chunkId)), moduleId)
      return `new URL('${place.replaceAll('\\', '/')}', import.meta.url).href`
    },
  }
}

/** What the compiler wrote: scripts for browsers have no declarations. */
async function compiledFiles(root: string): Promise<readonly string[]> {
  const files: string[] = []
  for await (const file of glob('**/*.js', { cwd: root })) {
    if (existsSync(path.join(root, file.replace(/\.js$/, '.d.ts')))) files.push(file)
  }
  return files
}
