import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseField } from '../fields/parse-field.ts'
import { entityName } from '../naming/entity-name.ts'
import { scratchService, treeOf } from '../scratch-service.fixture.ts'
import { addField, assertRemovable, renameField } from './field-changes.ts'

// A process imports each module once, so each change is made to a service of its own.
const services = [scratchService(), scratchService(), scratchService(), scratchService()] as const
after(() => {
  for (const service of services) service.remove()
})

const placeIn = ({ folder }: (typeof services)[number]) => ({
  service: folder,
  entity: entityName('Product'),
  migration: true,
  dryRun: false,
})

test('issue 4 §4: a field that cannot be declared is a misuse, and changes nothing', async () => {
  for (const [service, text, message] of [
    [services[0], 'x:ref(nope)', /nothing was changed: product\.x refers to "nope"/],
    [services[1], 'x:int(1..5)=9', /nothing was changed: entity "product", field "x": its default/],
  ] as const) {
    const before = treeOf(service.folder)
    const adding = addField(placeIn(service), await parseField(text))
    await assert.rejects(adding, { name: 'CliError', exitCode: 2, message })
    assert.deepEqual(treeOf(service.folder), before)
  }
})

test('issue 4 §4: only a field that is there is asked about', async () => {
  const asked = assertRemovable(placeIn(services[0]), 'nme')
  await assert.rejects(asked, { exitCode: 2, message: /did you mean name/ })
})

test('issue 4 §1: a change that breaks callers says that openapi.json was kept', async () => {
  const changed = await renameField(placeIn(services[2]), { from: 'name', to: 'title' })
  assert.deepEqual(changed.kept, ['src/generated/openapi.json'])
})

test('issue 4 §4: where the generated files cannot follow, neither field nor migration stays', async () => {
  const { folder } = services[3]
  writeFileSync(join(folder, 'src/generated/openapi.json'), '<<<<<<< HEAD')
  const before = treeOf(folder)
  const adding = addField(placeIn(services[3]), await parseField('weight:int=0'))
  await assert.rejects(adding, { name: 'CliError', exitCode: 2, message: /is no JSON/ })
  // The census and the registry come before the document, and name what is there.
  const own = ([file]: readonly [string, string]) => !file.startsWith('src/generated/')
  assert.deepEqual([...treeOf(folder)].filter(own), [...before].filter(own))
})
