import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Mutation } from './mutant.fixture.ts'
import { MUTATION } from './mutant.fixture.ts'

const SOURCES = fileURLToPath(new URL('..', import.meta.url))
const HOOK = fileURLToPath(new URL('mutant.fixture.ts', import.meta.url))

/** What a test file said. */
export interface Witnessed {
  readonly passed: boolean
  readonly out: string
}

/** Which tests are run: a file, from the folder of the sources, and titles in it. */
export interface Witness {
  readonly file: string
  /** Only tests whose title holds this. */
  readonly only?: string | undefined
}

/** Runs a test file in a process of its own, with a guard taken out or with all of them. */
export function runWitness({ file, only }: Witness, mutation?: Mutation): Promise<Witnessed> {
  const { NODE_TEST_CONTEXT: _nested, ...env } = process.env
  const variables = mutation === undefined ? env : { ...env, [MUTATION]: JSON.stringify(mutation) }
  const pattern = only === undefined ? [] : ['--test-name-pattern', only]
  const call = ['--import', HOOK, '--test', '--test-reporter=tap', ...pattern, file]
  return new Promise((resolve) => {
    execFile(process.execPath, call, { cwd: SOURCES, env: variables }, (error, out, err) =>
      resolve({ passed: error === null, out: out + err }),
    )
  })
}
