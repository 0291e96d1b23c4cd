import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { workspaceAround } from './workspace-around.ts'

let root: string
const write = async (file: string, text: string) => {
  await mkdir(dirname(join(root, file)), { recursive: true })
  await writeFile(join(root, file), text)
}
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'plinth-workspace-'))
  await write('npm/package.json', '{"workspaces":["apps/*","!apps/old","libs/**"]}')
  await write('npm/package-lock.json', '{}')
  await write(
    'yarn/package.json',
    '{"workspaces":{"packages":["services/*"]},"packageManager":"yarn@4.1.0"}',
  )
  await write(
    'pnpm/pnpm-workspace.yaml',
    '# ours\npackages:\n  - \'apps/*\'\n  - "tools/a"\n\ncatalog:\n  - x\n',
  )
  await write('pnpm/pnpm-lock.yaml', '')
  await write('none/package.json', '{"name":"none"}')
})
after(() => rm(root, { recursive: true, force: true }))

test('a workspace above is found, with whether it lists the folder and who manages it', () => {
  const cases: readonly [string, boolean, string | undefined][] = [
    ['npm/apps/shop', true, 'npm'],
    ['npm/apps/old', false, 'npm'],
    ['npm/apps/deep/shop', false, 'npm'],
    ['npm/libs/deep/er/shop', true, 'npm'],
    ['npm/shop', false, 'npm'],
    ['yarn/services/shop', true, 'yarn'],
    ['pnpm/apps/shop', true, 'pnpm'],
    ['pnpm/tools/a', true, 'pnpm'],
    ['pnpm/x', false, 'pnpm'],
  ]
  for (const [folder, member, packageManager] of cases) {
    const found = workspaceAround(join(root, folder))
    assert.deepEqual([found?.member, found?.packageManager], [member, packageManager], folder)
  }
})

test('a package that is no workspace is passed over', () => {
  assert.equal(workspaceAround(join(root, 'none', 'shop')), undefined)
})
