import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { targetFolder } from './target-folder.ts'

let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'plinth-target-'))
  for (const folder of ['empty/.git', 'full', 'Wrong Name'])
    await mkdir(join(root, folder), { recursive: true })
  await writeFile(join(root, 'full', 'notes.txt'), '')
  await writeFile(join(root, 'file'), '')
  await symlink(join(root, 'full'), join(root, 'link'))
})
after(() => rm(root, { recursive: true, force: true }))

test('a name, a path and "." each mean a folder', () => {
  assert.deepEqual(targetFolder('shop', root), {
    folder: join(root, 'shop'),
    name: 'shop',
    standsOn: root,
  })
  assert.equal(targetFolder('apps/new/shop', root).standsOn, root)
  assert.equal(targetFolder('../shop', join(root, 'full')).folder, join(root, 'shop'))
  const empty = join(root, 'empty')
  assert.deepEqual(targetFolder('.', empty), { folder: empty, name: 'empty', standsOn: empty })
})

test('a folder that is taken is refused with what to do, and nothing in it is read or followed', () => {
  const cases: readonly [string, RegExp][] = [
    ['full', /full is not empty \(notes\.txt\); take another name, or empty it first\.$/],
    ['file', /file is there already and is not a folder; take another name, or move it away\.$/],
    ['link', /link is there already and is not a folder/],
    ['Wrong Name', /but "wrong-name" does\.$/],
    ['a\0b', /does not fit/],
    ['', /does not fit/],
    ['../..', /./],
  ]
  for (const [given, message] of cases)
    assert.throws(
      () => targetFolder(given, root),
      { name: 'CliError', exitCode: 2, message },
      given,
    )
})
