import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { type Consumer, makeConsumer, pinnedEnvironment } from './consumer.ts'
import { modulesAtStart } from './modules-at-start.ts'
import { productionTree } from './production-tree.ts'
import { startDev } from './start-dev.ts'

// The limits of a fresh service's production tree: a promise, like speed.
const MOST_PACKAGES = 200
const MOST_MEGABYTES = 90
/** Files of the runtime that a start opens. */
const MOST_FILES = 50

let consumer: Consumer

before(async () => {
  consumer = await makeConsumer()
})
after(() => consumer?.[Symbol.asyncDispose]())

const installed = (...parts: string[]) => path.join(consumer.service, 'node_modules', ...parts)

test('the package holds what runs, and nothing of this repository', async () => {
  const files = await readdir(installed('plinth'), { recursive: true })
  const strange = files.filter(
    (file) => /\.test\.|(^|\/)src\/|tsconfig/.test(file) || /(?<!\.d)\.ts$/.test(file),
  )
  assert.deepEqual(strange, [])
  assert.ok(files.includes('LICENSE') && files.includes('README.md'))
  assert.ok(files.some((file) => file.endsWith('.sql')))
})

test('the command line brings the template, and shares the one plinth of the service', async () => {
  const files = await readdir(installed('@plinth', 'cli'), { recursive: true })
  const strange = files.filter((file) => /\.test\.|^src\/|tsconfig|(?<!\.d)\.ts$/.test(file))
  assert.deepEqual(strange, [])
  const template = JSON.parse(await readFile(installed('@plinth', 'cli', 'template.json'), 'utf8'))
  for (const file of ['.gitignore', '.github/workflows/ci.yml', 'src/main.ts', 'AGENTS.md'])
    assert.equal(typeof template[file], 'string', file)
  assert.ok(!files.some((file) => file.endsWith('node_modules/plinth')))
})

test('create-plinth is its one program, and depends on the command line of its own version', async () => {
  const tarball = consumer.tarballs.get('create-plinth') ?? ''
  const { stdout } = await promisify(execFile)('tar', ['-xOzf', tarball, 'package/package.json'])
  const { version, dependencies, bin } = JSON.parse(stdout)
  assert.deepEqual(dependencies, { '@plinth/cli': version })
  assert.deepEqual(Object.keys(bin), ['create-plinth'])
  const listed = await promisify(execFile)('tar', ['-tzf', tarball])
  assert.deepEqual(listed.stdout.trim().split('\n').sort(), [
    'package/LICENSE',
    'package/README.md',
    'package/bin/create-plinth.js',
    'package/package.json',
  ])
})

test('what plinth exports is there and loads; what it does not export cannot be reached', async () => {
  const manifest = JSON.parse(await readFile(installed('plinth', 'package.json'), 'utf8'))
  assert.doesNotMatch(JSON.stringify(manifest), /plinth-source/)
  const paths = Object.keys(manifest.exports)
    .filter((name) => !name.endsWith('.json'))
    .map((name) => path.posix.join('plinth', name))
  const required = `for (const name of ${JSON.stringify(paths)}) require(name)`
  const imported = `for (const name of ${JSON.stringify(paths)}) await import(name)`
  await consumer.node('--eval', required)
  await consumer.node('--input-type=module', '--eval', imported)
  await assert.rejects(
    consumer.node('--eval', "require('plinth/dist/index.js')"),
    /ERR_PACKAGE_PATH_NOT_EXPORTED/,
  )
})

test('a service type-checks against the package, by its own settings', async () => {
  await consumer.node(installed('.bin', 'tsc'), '-p', '.')
})

test('the tests of a service pass on the packages as published', async () => {
  const output = await consumer.node('--test', '--test-reporter=tap', 'src/**/*.test.ts')
  assert.match(output, /^# pass [1-9]/m)
  assert.match(output, /^# fail 0$/m)
  assert.match(output, /^# skipped 0$/m)
})

test('a start opens a few files of the runtime', async (context) => {
  const { own, internal } = await modulesAtStart(consumer.service, pinnedEnvironment())
  context.diagnostic(`${own} files`)
  assert.ok(own > 0 && own <= MOST_FILES, `${own} files`)
  assert.ok(!internal.some((name) => name.includes('undici')))
})

test('`plinth dev` brings the service up, and a signal brings all of it down', async () => {
  await using dev = await startDev({
    program: process.execPath,
    args: [installed('.bin', 'plinth'), 'dev'],
    cwd: consumer.service,
    env: pinnedEnvironment(),
  })
  const health = await fetch(`${dev.url}/health`)
  assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }])
  const me = await fetch(`${dev.url}/auth/web/me`)
  assert.match(await me.text(), /"authenticated":false/)
  assert.equal((await fetch(`${dev.url}/`)).status, 200)
  assert.equal(await dev.stop(), 0)
  await assert.rejects(fetch(`${dev.url}/health`))
})

test('v5.0.0-V15.2.3 v5.0.0-V15.2.4 the production tree is small and runs no install script', async (context) => {
  const tree = await productionTree(consumer)
  context.diagnostic(`${tree.packages} packages, ${tree.megabytes} MB, ${tree.seconds} s`)
  assert.ok(tree.packages <= MOST_PACKAGES, `${tree.packages} packages`)
  assert.ok(tree.megabytes <= MOST_MEGABYTES, `${tree.megabytes} MB`)
  assert.deepEqual(tree.installScripts, [])
  assert.equal((await stat(installed('plinth'))).isDirectory(), true)
})

test('the client is published by itself: it needs nothing, and loads with its types', async () => {
  const tarball = consumer.tarballs.get('@plinth/client') ?? ''
  await consumer.npm('install', '--no-audit', '--no-fund', tarball)
  const files = await readdir(installed('@plinth', 'client'), { recursive: true })
  assert.ok(
    ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts'].every((file) =>
      files.includes(file),
    ),
  )
  const manifest = JSON.parse(
    await readFile(installed('@plinth', 'client', 'package.json'), 'utf8'),
  )
  assert.equal(manifest.dependencies, undefined)
  const use = `import { AuthClient } from '@plinth/client'
    const client = new AuthClient('http://127.0.0.1:8000')
    process.stdout.write(client.loginUrl())`
  assert.match(await consumer.node('--input-type=module', '--eval', use), /^http:.*auth/)
})
