import { execFile } from 'node:child_process'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CACHE = path.join(import.meta.dirname, '../../node_modules/.cache')
const KEPT = path.join(CACHE, 'plinth-python')

/** A Python that can import the client, or the sentence that says why there is none. */
export type PythonFound = { readonly python: string } | { readonly missing: string }

/**
 * The Python that `PLINTH_PYTHON` names or the machine has, when it can import requests; else one of
 * our own with requests, made once and kept beside the dependencies.
 */
export async function findPython(): Promise<PythonFound> {
  const base = await firstPython()
  if (base === undefined) {
    return { missing: 'Python 3.9 or newer is missing: apt-get install python3 python3-venv' }
  }
  if (await imports(base, 'requests')) return { python: base }
  const own = path.join(KEPT, 'bin', 'python')
  if (await isThere(own)) return { python: own }
  try {
    await makeOwn(base)
    return { python: own }
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n')
      .slice(-1)
    return { missing: `requests could not be installed (python3 -m venv, pip): ${reason}` }
  }
}

async function firstPython(): Promise<string | undefined> {
  for (const python of [process.env['PLINTH_PYTHON'], 'python3', 'python']) {
    if (python !== undefined && (await imports(python, 'sys; assert sys.version_info >= (3, 9)'))) {
      return python
    }
  }
  return undefined
}

function imports(python: string, what: string): Promise<boolean> {
  return run(python, ['-c', `import ${what}`]).then(
    () => true,
    () => false,
  )
}

/** Made aside and moved into place, so that two test files at once cannot meet a half-made one. */
async function makeOwn(base: string): Promise<void> {
  const aside = `${KEPT}-${process.pid}`
  await mkdir(CACHE, { recursive: true })
  try {
    await run(base, ['-m', 'venv', aside])
    await run(path.join(aside, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', 'requests'])
    await rename(aside, KEPT)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
