import assert from 'node:assert/strict'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { addEntity } from '../add/add-entity.ts'
import { makePlan } from '../add/make-plan.ts'
import { parseField } from '../fields/parse-field.ts'
import { scratchService, treeOf } from '../scratch-service.fixture.ts'
import { entityName } from './entity-name.ts'

const HOSTILE: readonly string[] = [
  '',
  ' ',
  '.',
  '..',
  '../../x',
  '/etc/x',
  'C:\\x',
  'a/b',
  'a\\b',
  'a\0b',
  'a\nb',
  'a\rb',
  'x'.repeat(300),
  'AbcdefghijAbcdefghijAbcdefghijAbcdefghijAb',
  '-rf',
  '--force',
  '.hidden',
  '_private',
  '__proto__',
  'constructor',
  'prototype ',
  'toString',
  'hasOwnProperty',
  'class',
  'Class',
  'default',
  'await',
  'interface',
  'con',
  'NUL',
  'Com1',
  'LPT9',
  '$(id)',
  '`id`',
  ';id',
  'a;id',
  'a&b',
  'a|b',
  'a b',
  '${id}',
  "a'b",
  'a"b',
  'a<b',
  'a*',
  'a?',
  '~',
  '~root',
  '%2e%2e',
  'a:b',
  '1st',
  '9',
  'Café',
  'Тест',
  'ｐroduct',
  'product\u200b',
  'a\u2028b',
  '😀',
  'entity',
  'Feature',
  'crud',
  'a__b',
  'a-',
  'a--b',
]

test('HI-24 names that are no plain noun are refused, each in one printable sentence', () => {
  for (const name of HOSTILE) {
    assert.throws(
      () => entityName(name),
      (error: Error & { exitCode?: number }) => {
        assert.equal(error.name, 'CliError', name)
        assert.equal(error.exitCode, 2, name)
        assert.match(error.message, /^"[\x20-\x7e…]*" cannot name an entity: [\x20-\x7e]+\.$/, name)
        return true
      },
    )
  }
})

test('a noun may be spelled in four ways', () => {
  const spelled = { snake: 'purchase_order', kebab: 'purchase-order', camel: 'purchaseOrder' }
  const all = { ...spelled, pascal: 'PurchaseOrder', words: 'purchase order' }
  for (const name of ['PurchaseOrder', 'purchaseOrder', 'purchase_order', 'purchase-order'])
    assert.deepEqual(entityName(name), all)
  assert.equal(entityName('SKUItem2').snake, 'sku_item2')
  assert.equal(entityName('HTTPServer').snake, 'http_server')
})

test('HI-24 field names of the same kind are refused', async () => {
  for (const name of [
    '../x',
    'a b',
    '__proto__',
    'constructor',
    'Ünï',
    '$(id)',
    'x'.repeat(41),
    '',
  ]) {
    await assert.rejects(parseField(`${name}:string`), { name: 'CliError', exitCode: 2 }, name)
  }
})

const service = scratchService('src/entities/product', 'src/pages', 'migrations')
const outside = `${service.folder}-outside`
mkdirSync(outside)
writeFileSync(join(outside, 'kept.txt'), 'kept')
after(() => {
  service.remove()
  rmSync(outside, { recursive: true })
})

async function add(name: string) {
  const said = { plural: undefined, owned: undefined, softDelete: false, split: false }
  const plan = makePlan({ ...said, name, fields: [await parseField('name:string')] })
  return addEntity(plan, { service: service.folder, migration: true, dryRun: false })
}

test('HI-24 nothing is written outside the service, or over what is there', async () => {
  const links: readonly (readonly [string, string, RegExp])[] = [
    ['.plinth', outside, /outside the service, because a folder on the way is a link/],
    ['src/entities/thing', outside, /is there already/],
    ['src/entities/thing', join(outside, 'nowhere'), /is there already/],
    ['migrations', outside, /outside the service, because a folder on the way is a link/],
  ]
  for (const [at, target, message] of links) {
    const before = treeOf(service.folder)
    symlinkSync(target, join(service.folder, at))
    await assert.rejects(add('Thing'), { name: 'CliError', exitCode: 2, message }, at)
    rmSync(join(service.folder, at))
    assert.deepEqual(treeOf(service.folder), before, at)
    assert.deepEqual([...treeOf(outside)], [['kept.txt', 'kept']], at)
  }
  rmSync(join(service.folder, 'src/entities'), { recursive: true })
  symlinkSync(outside, join(service.folder, 'src/entities'))
  await assert.rejects(add('Thing'), /outside the service/)
  assert.deepEqual([...treeOf(outside)], [['kept.txt', 'kept']])
  rmSync(join(service.folder, 'src/entities'))
  mkdirSync(join(service.folder, 'src/entities'))
  writeFileSync(join(service.folder, 'src/entities/thing'), 'a file')
  await assert.rejects(add('Thing'), /src\/entities\/thing is there already/)
})
