import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { ROOT } from './gates/source/files.ts'

const RUNNER = pathToFileURL(path.join(ROOT, 'scripts/test-run/run-files.mjs')).href
const PROGRAM = `
import { runFiles } from ${JSON.stringify(RUNNER)}
const { results, costs } = await runFiles(process.argv.slice(2), {
  concurrency: 1, filesPerProcess: 9, fileLimitMs: 10_000, signal: new AbortController().signal,
  onFailure: () => {}, onFailedFile: () => {},
})
const told = results.map(({ name, state, error }) => [name, state, String(error?.message ?? error)])
console.log(JSON.stringify({ told, costs }))`

const HEAD = "import { after, before, test } from 'node:test'\n"
const FILES = {
  'good.mjs': "test('good', () => {})",
  'open.mjs': `import { createServer } from 'node:net'
    before(() => new Promise((_, no) => createServer().listen(0, () => no(new Error('no database')))))
    test('never begins', () => {})`,
  'endless.mjs': "test('endless', () => new Promise(() => setInterval(() => {}, 1_000)))",
  'gone.mjs': "test('gone', () => process.kill(process.pid, 'SIGKILL'))",
}

let folder: string
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plinth-runner-'))
  for (const [name, text] of Object.entries(FILES))
    await writeFile(path.join(folder, name), `${HEAD}${text}\n`)
  await writeFile(path.join(folder, 'program.mjs'), PROGRAM)
})
after(() => rm(folder, { recursive: true, force: true }))

interface Told {
  readonly told: readonly (readonly [name: string, state: string, error: string])[]
  readonly costs: readonly { readonly file: string; readonly cpuMs?: number }[]
}

/** Runs files of the folder in a process of their own, as the runner does. */
async function run(...names: readonly (keyof typeof FILES)[]): Promise<Told> {
  // A runner inside of a runner runs nothing.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  const args = [path.join(folder, 'program.mjs'), ...names.map(at)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: ROOT })
  return JSON.parse(stdout)
}

const at = (name: keyof typeof FILES) => path.join(folder, name)

test('the runner: a file that never ends is named, and those after it run', async () => {
  const { told, costs } = await run('endless.mjs', 'good.mjs')
  assert.deepEqual(told, [
    [at('endless.mjs'), 'failed', 'has not ended after 10000 ms'],
    ['good', 'passed', 'undefined'],
  ])
  assert.equal(typeof costs.find(({ file }) => file === at('good.mjs'))?.cpuMs, 'number')
})

test('the runner: a file whose process is killed is named, and those after it run', async () => {
  const { told } = await run('gone.mjs', 'good.mjs')
  assert.deepEqual(told, [
    [at('gone.mjs'), 'failed', 'its process was killed or ended by itself'],
    ['good', 'passed', 'undefined'],
  ])
})

test('the runner: a file whose preparation fails and leaves a server open does not hold the run', async () => {
  const { told } = await run('open.mjs', 'good.mjs')
  const states = told.map(([name, state]) => [name, state])
  assert.deepEqual(states, [
    ['never begins', 'failed'],
    [at('open.mjs'), 'failed'],
    ['good', 'passed'],
    [at('good.mjs'), 'failed'],
  ])
  const [, , , [, , complaint] = []] = told
  assert.match(String(complaint), /a server was left open by .*open\.mjs/)
})
