import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Which characters of which files ran in any of the processes that left their coverage in a folder (NODE_V8_COVERAGE).
 * @param {string} folder
 * @param {ReadonlyMap<string, string>} sources the files of interest, by absolute path
 * @returns {Promise<Map<string, Uint8Array>>} for each file that was loaded, one byte for each character: 1 when it ran
 */
export async function collected(folder, sources) {
  const ran = new Map()
  for (const name of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(path.join(folder, name), 'utf8'))
    for (const { url, functions } of result) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : url
      const source = sources.get(file)
      if (source === undefined) continue
      const before = ran.get(file) ?? new Uint8Array(source.length)
      ran.set(file, either(before, paint(functions, source.length)))
    }
  }
  return ran
}

/** Ranges come outermost first, so that each one says more exactly what the one around it said. */
function paint(functions, length) {
  const ran = new Uint8Array(length)
  for (const { ranges } of functions)
    for (const { startOffset, endOffset, count } of ranges)
      ran.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  return ran
}

function either(one, other) {
  return one.map((ran, at) => ran | other[at])
}
