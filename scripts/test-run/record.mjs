import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

// Beside the dependencies: ignored by git, gone with a fresh install, shared by every script.
const FOLDER = path.join('node_modules', '.cache', 'plinth-tests')

/** Keeps what a whole run proved, for the board. @param {'test' | 'long'} suite */
export async function record(suite, results) {
  await mkdir(FOLDER, { recursive: true })
  const lines = results.map(({ name, file, state, milliseconds }) => ({
    name,
    file,
    state,
    milliseconds,
  }))
  await writeFile(path.join(FOLDER, `${suite}.json`), `${JSON.stringify(lines, null, 1)}\n`)
}

/** The last recorded run of a suite, or undefined when there is none. @param {'test' | 'long'} suite */
export async function recorded(suite) {
  try {
    return JSON.parse(await readFile(path.join(FOLDER, `${suite}.json`), 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
