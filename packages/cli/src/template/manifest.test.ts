import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Answers } from './answers.ts'
import { readBase, readManifest, sha256, writeManifest } from './manifest.ts'

const answers: Answers = {
  name: 'shop',
  tenancy: 'organisations',
  without: ['keycloak'],
  packageManager: 'pnpm',
  packages: 'vendor',
}

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-manifest-'))
})
after(() => rm(folder, { recursive: true, force: true }))

test('the manifest remembers answers, classes and hashes; the base keeps shared texts only', async () => {
  const files = new Map([
    ['src/main.ts', 'a'],
    ['src/generated/routes.txt', 'b'],
    ['package.json', 'c'],
    ['.github/workflows/ci.yml', 'd'],
  ])
  const written = await writeManifest(folder, { plinth: '1.2.3', answers, files })
  assert.deepEqual(await readManifest(folder), written)
  assert.deepEqual(written.files, {
    '.github/workflows/ci.yml': { class: 'shared', sha256: sha256('d') },
    'package.json': { class: 'shared', sha256: sha256('c') },
    'src/generated/routes.txt': { class: 'ours', sha256: sha256('b') },
  })
  assert.equal(await readBase(folder, 'package.json'), 'c')
  assert.equal(await readBase(folder, 'src/main.ts'), undefined)
})

test('a file that is shared no more leaves the base', async () => {
  const files = new Map([['package.json', 'e']])
  await writeManifest(folder, { plinth: '1.2.4', answers, files })
  assert.deepEqual(await readdir(join(folder, '.plinth', 'base')), ['package.json'])
})

test('a manifest that is missing, broken or from another time is one sentence with the next step', async () => {
  const manifest = join(folder, '.plinth', 'manifest.json')
  const kept = { plinth: '1.2.3', answers, files: {} }
  const cases: readonly [string, RegExp][] = [
    ['{', /is not what Plinth wrote: .* restore it from git\.$/],
    ['{}', /is not what Plinth wrote/],
    [
      JSON.stringify({ ...kept, answers: { ...answers, tenancy: 'galaxy' } }),
      /says answers\.tenancy is "galaxy", which this version of Plinth does not know; restore/,
    ],
    [JSON.stringify({ ...kept, answers: {} }), /answers\.name is nothing/],
  ]
  for (const [text, message] of cases) {
    await writeFile(manifest, text)
    await assert.rejects(readManifest(folder), { exitCode: 2, message })
  }
  await rm(manifest)
  await assert.rejects(readManifest(folder), { exitCode: 2, message: /cannot be read/ })
})
