import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
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

/** Keeps what each file of a run cost. @param {'test' | 'long'} suite */
export async function recordCosts(suite, costs) {
  await mkdir(FOLDER, { recursive: true })
  const lines = costs.map(({ file, wallMs, cpuMs }) => ({ file, wallMs, cpuMs }))
  await writeFile(path.join(FOLDER, `${suite}-costs.json`), `${JSON.stringify(lines, null, 1)}\n`)
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

/** Where the processes of a suite leave what they ran. @param {'test' | 'long'} suite */
export const coverageFolder = (suite) =>
  path.resolve('node_modules', '.cache', 'plinth-coverage', suite)

/** Lets every process from here on write down what it runs, in an empty folder. @param {'test' | 'long'} suite */
export async function collectCoverage(suite) {
  const folder = coverageFolder(suite)
  await rm(folder, { recursive: true, force: true })
  process.env.NODE_V8_COVERAGE = folder
  // What comes out of the compile cache is counted by whole functions only.
  process.env.NODE_DISABLE_COMPILE_CACHE = '1'
}
