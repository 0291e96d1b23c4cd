import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ROOT, read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/testing.md'

test(`${PAGE}: the tests on the page pass, and its options are those of the kit`, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-testing-'))
  try {
    await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
    const [block] = blocksOf(PAGE)
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
    await writeFile(path.join(folder, 'notes.test.ts'), block?.code ?? '')
    // A test of its own, not a part of this one.
    const { NODE_TEST_CONTEXT: _ours, ...env } = process.env
    const run = promisify(execFile)(process.execPath, ['--test', 'notes.test.ts'], {
      cwd: folder,
      env,
    })
    assert.match((await run).stdout, /pass 3/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const [, options = ''] = read('packages/plinth/src/testing/sign-in.ts').split(
    'export interface SignInOptions {',
  )
  const page = read(PAGE)
  for (const [, name] of options.slice(0, options.indexOf('\n}')).matchAll(/readonly (\w+)\?/g)) {
    assert.ok(page.includes(`| \`${name}\` |`), name)
  }
})
