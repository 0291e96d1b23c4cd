import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readDefinition } from './read-definition.ts'

const folder = mkdtempSync(join(tmpdir(), 'plinth-definition-'))
after(() => rmSync(folder, { recursive: true }))

function fileOf(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const YAML = `name: Product
softDelete: true
fields:
  - sku:string(3..40)!
  - 'category:text?'
  - name: price
    type: money(0..)
    default: 0
`
const JSON_TEXT = `{ "name": "Product", "softDelete": true, "fields": ["sku:string(3..40)!", "category:text?",
  { "name": "price", "type": "money(0..)", "default": 0 }] }`

test('contract 32.2 (6): a definition is the same in JSON and in YAML', async () => {
  const json = await readDefinition(fileOf('product.json', JSON_TEXT))
  assert.deepEqual(
    json.fields.map(({ name, optional, fallback }) => [name, optional, fallback]),
    [
      ['sku', false, undefined],
      ['category', true, undefined],
      ['price', false, '0'],
    ],
  )
  for (const name of ['product.yaml', 'product.yml'])
    assert.deepEqual(await readDefinition(fileOf(name, YAML)), json, name)
})

test('what a file says wrong is named, in either form', async () => {
  for (const [name, text, message] of [
    ['a.yaml', 'name: [', /a\.yaml is not YAML: /],
    ['b.yaml', '- a', /must be an object; see/],
    ['c.yml', 'nam: X', /"nam", which is not known; did you mean "name"\?/],
    ['d.yml', 'fields: [{ name: a, type: int, unique: 1 }]', /"unique" must be of type boolean/],
    ['e.json', 'name: X', /is not JSON/],
  ] as const) {
    const reading = readDefinition(fileOf(name, text))
    await assert.rejects(reading, { name: 'CliError', exitCode: 2, message }, name)
  }
})
