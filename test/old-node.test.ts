import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'

// What somebody reads who runs a command under a Node that is too old for it.

const ROOT = path.resolve(import.meta.dirname, '..')
const PRETEND = `data:text/javascript,
  Object.defineProperty(process, 'version', { value: 'v20.1.0' });
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`

function underOldNode(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const { PATH } = process.env
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', PRETEND, file, ...args],
    { env: { PATH, ...env }, encoding: 'utf8' },
  )
  return { status, stdout, lines: stderr.trim().split('\n') }
}

const DIRECTLY = [
  ['board', 'npm run board'],
  ['coverage', 'npm run coverage'],
  ['packed', 'npm run packed'],
  ['test', 'npm test'],
] as const
for (const [script, command] of DIRECTLY)
  test(`scripts/${script}.mjs, started directly, says in one sentence which Node it needs`, () => {
    const { status, stdout, lines } = underOldNode(path.join(ROOT, `scripts/${script}.mjs`))
    assert.deepEqual([status, stdout, lines.length], [2, '', 1])
    const said = `This needs Node 24 or newer, and this is v20.1.0; \`${command}\` goes on`
    assert.ok(lines[0]?.startsWith(said), lines[0])
  })

test('the tests of a service begin with what says which Node they need', async () => {
  const { scripts } = JSON.parse(await readFile(path.join(ROOT, 'template/package.json'), 'utf8'))
  const [first, ...rest] = scripts.test.split(' && ')
  assert.equal(first, 'plinth sync --keep-breaking')
  assert.equal(rest.length, 1)

  // Installed: beside no sources, where a checkout would go on under its own Node.
  const home = await mkdtemp(path.join(tmpdir(), 'plinth-old-node-'))
  const program = path.join(home, 'plinth.mjs')
  await copyFile(path.join(ROOT, 'packages/cli/bin/plinth.js'), program)
  const { status, stdout, lines } = underOldNode(program, ['sync', '--keep-breaking'])
  const script = { npm_command: 'test', npm_lifecycle_event: 'test' }
  const byNpm = underOldNode(program, ['sync', '--keep-breaking'], script)
  await rm(home, { recursive: true })
  assert.deepEqual([status, stdout, lines.length], [2, '', 1])
  assert.match(
    lines[0] ?? '',
    /^plinth needs Node 24 or newer, and this is v20\.1\.0; install it from nodejs\.org, or run once with `npx --yes node@24 \S+plinth\.mjs sync --keep-breaking`\.$/,
  )
  // The tests come after it: the whole script is what runs again.
  assert.match(byNpm.lines[0] ?? '', /with `npx --yes --package node@24 -- npm run test`\.$/)
})
