import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { scratchService, treeOf } from '../scratch-service.fixture.ts'
import { planRemoval, removeEntity } from './remove-entity.ts'

const service = scratchService('src/pages')
after(() => service.remove())

test('issue 4 §4: where the generated files cannot follow, the entity is there as it was', async () => {
  writeFileSync(join(service.folder, 'src/generated/openapi.json'), '<<<<<<< HEAD')
  const before = treeOf(service.folder)
  const removal = await planRemoval(service.folder, 'Product')
  await assert.rejects(removeEntity(service.folder, removal), {
    name: 'CliError',
    exitCode: 2,
    message: /is no JSON/,
  })
  const own = ([file]: readonly [string, string]) => !file.startsWith('src/generated/')
  assert.deepEqual([...treeOf(service.folder)].filter(own), [...before].filter(own))
})
