import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'

const SCRIPTS = path.resolve(import.meta.dirname, '../scripts')

/** An npm that notes what it was asked, and installs what the lockfile names, unless it is told to fail. */
const NPM = `#!/bin/sh
echo "$*" >> "$PWD/asked"
if [ -f "$PWD/npm-says" ]; then cat "$PWD/npm-says" >&2; exit 1; fi
mkdir -p node_modules/node/bin
cp package-lock.json node_modules/.package-lock.json
ln -sf "$TEST_NODE" node_modules/node/bin/node
`

/** A checkout with nothing but a lockfile and a script that tells what it runs under. */
function openCheckout() {
  const folder = mkdtempDisposableSync(path.join(tmpdir(), 'plinth-bootstrap-'))
  const file = (...names: readonly string[]) => path.join(folder.path, ...names)
  mkdirSync(file('scripts'))
  for (const name of ['bootstrap.mjs', 'kept-by-npm.mjs'])
    cpSync(path.join(SCRIPTS, name), file('scripts', name))
  mkdirSync(file('bin'))
  writeFileSync(file('bin/npm'), NPM, { mode: 0o755 })
  writeFileSync(
    file('tell.mjs'),
    'console.log(process.argv0, process.argv[2], process.env.NODE_OPTIONS); process.exitCode = 7',
  )
  const lock = (version: string) =>
    writeFileSync(
      file('package-lock.json'),
      JSON.stringify({
        packages: { '': {}, 'node_modules/node': { version, integrity: version } },
      }),
    )
  lock('24.0.0')
  const run = () =>
    spawnSync(process.execPath, [file('scripts/bootstrap.mjs'), 'tell.mjs', 'given'], {
      cwd: folder.path,
      env: { PATH: `${file('bin')}:/usr/bin:/bin`, TEST_NODE: process.execPath },
      encoding: 'utf8',
    })
  const asked = () => readFileSync(file('asked'), 'utf8').trim().split('\n')
  return { file, lock, run, asked, [Symbol.dispose]: () => folder.remove() }
}

test('what the lockfile names is installed when it is missing or older, and only then', () => {
  using checkout = openCheckout()
  const { run, asked, lock } = checkout
  const first = run()
  assert.equal(first.status, 7, `its exit code is passed on: ${first.stderr}`)
  assert.match(first.stderr, /^Installing packages .*\nInstalled in \d+ s\.\n$/)
  assert.deepEqual(asked(), ['ci --include=dev --no-audit --no-fund --loglevel=error'])
  const again = run()
  assert.deepEqual([again.status, again.stderr, asked().length], [7, '', 1])
  lock('24.0.1')
  assert.equal(run().status, 7)
  assert.equal(asked().length, 2, 'the lockfile has changed')
})

test('it goes on under the Node that is pinned, from the packages’ sources', () => {
  using checkout = openCheckout()
  const [node, given, options] = checkout.run().stdout.trim().split(' ')
  assert.equal(node, checkout.file('node_modules/node/bin/node'))
  assert.deepEqual([given, options], ['given', '--conditions=plinth-source'])
})

for (const [what, said, sentence] of [
  ['no network', 'npm error code ENOTFOUND', /the npm registry cannot be reached/],
  ['a folder of somebody else', 'npm error code EACCES', /is not writable for you/],
  [
    'anything else',
    'npm error it broke. Really',
    /could not be installed: it broke\. Run `npm ci`/,
  ],
] as const) {
  test(`where nothing can be installed for ${what}, one sentence says so, and nothing runs`, () => {
    using checkout = openCheckout()
    writeFileSync(checkout.file('npm-says'), `${said}\n`)
    const { status, stdout, stderr } = checkout.run()
    assert.deepEqual([status, stdout], [1, ''])
    const [, ...told] = stderr.trim().split('\n')
    assert.equal(told.length, 1, stderr)
    assert.match(told[0] ?? '', sentence)
  })
}
