import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseField } from '../fields/parse-field.ts'
import { looksPlural } from '../naming/looks-plural.ts'
import { scratchService, TEMPLATE, treeOf } from '../scratch-service.fixture.ts'
import { addEntity } from './add-entity.ts'
import { makePlan } from './make-plan.ts'

const service = scratchService('src/entities/product', 'src/pages', 'migrations')
after(() => service.remove())

const PRODUCT = [
  'sku:string(3..40)!',
  'name:string Shown on the invoice',
  'price:money(0..) In minor units: 1999 is 19.99',
  'stock:int(0..)=0',
  'status:enum(draft,live,retired)#=draft',
]

async function planFor(name: string, ...fields: readonly string[]) {
  const parsed = []
  for (const text of fields) parsed.push(await parseField(text))
  const said = { plural: undefined, owned: undefined, softDelete: false, split: false }
  return makePlan({ ...said, name, fields: parsed })
}

const options = { service: service.folder, migration: true, dryRun: false }

test("plinth entity add writes the template's own product, byte for byte", async () => {
  const plan = await planFor('Product', ...PRODUCT)
  const before = treeOf(service.folder)
  const told = await addEntity(plan, { ...options, dryRun: true })
  assert.deepEqual(treeOf(service.folder), before)

  const { files, generated, open, table } = await addEntity(plan, options)
  assert.deepEqual(files, told.files)
  assert.deepEqual([open, table], [[], 'app.products'])
  assert.deepEqual(
    files.map(({ file }) => file),
    [
      'src/entities/product/product.ts',
      'src/entities/product/product.test.ts',
      'migrations/0001_product.up.sql',
      'migrations/0001_product.down.sql',
    ],
  )
  const written = treeOf(service.folder)
  for (const { file } of files)
    assert.equal(written.get(file), readFileSync(join(TEMPLATE, file), 'utf8'), file)

  const touched = [...written].filter(([file, text]) => before.get(file) !== text)
  assert.deepEqual(
    touched.map(([file]) => file).sort(),
    [...files.map(({ file }) => file), ...generated].sort(),
  )
  assert.ok(generated.every((file) => file.startsWith('src/generated/')))
})

test('what is there already, or leads nowhere, is refused and nothing is written', async () => {
  const before = treeOf(service.folder)
  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['Product', PRODUCT, /src\/entities\/product is there already/],
    ['Products', ['a:string'], /Products looks like a plural, .* --plural productses\./],
    ['LineItems', ['a:string'], /LineItems looks like a plural/],
    ['Person', ['a:string'], /\/api\/v1\/people is a path of the platform; .*--plural/],
    ['Setting', ['a:string'], /\/api\/v1\/settings is a path of the platform/],
    ['Tenant', ['a:string'], /nothing was written\. An entity cannot be called "tenant"/],
    ['Review', ['product_id:ref(prodct)'], /no entity "prodct"; did you mean ref\(product\)\?/],
    ['Review', ['review_id:ref(review)'], /can never be the first/],
    ['Review', ['a:string', 'a:int'], /"a" is named twice/],
    ['Review', [], /needs a field/],
    ['Review', ['a:string(1..0)'], /the range 1\.\.0 is empty/],
    ['Review', ['a:decimal(2,5)'], /This cannot be declared: .*decimal\(2, 5\)/],
  ]
  for (const [name, fields, message] of refused) {
    await assert.rejects(async () => addEntity(await planFor(name, ...fields), options), {
      name: 'CliError',
      exitCode: 2,
      message,
    })
  }
  assert.deepEqual(treeOf(service.folder), before)
})

test('issue 4 §4: a dry run refuses what the service cannot have', async () => {
  const tenant = await planFor('Tenant', 'a:string')
  await assert.rejects(addEntity(tenant, { ...options, dryRun: true }), {
    exitCode: 2,
    message: /nothing was written\. An entity cannot be called "tenant"/,
  })
})

test('issue 4 §1: where another tool migrates, an entity comes without a migration', async () => {
  const external = scratchService('src/entities/product', 'src/pages', 'migrations')
  try {
    const file = join(external.folder, 'config.yaml')
    const config = readFileSync(file, 'utf8')
    const told = config.replace('  database:\n', '  database:\n    migrations: external\n')
    assert.notEqual(told, config)
    writeFileSync(file, told)
    const plan = await planFor('Product', ...PRODUCT)
    const added = await addEntity(plan, { ...options, service: external.folder, dryRun: true })
    assert.deepEqual(
      added.files.map((one) => one.file),
      ['src/entities/product/product.ts', 'src/entities/product/product.test.ts'],
    )
  } finally {
    external.remove()
  }
})

test('a singular in s is no plural', () => {
  const singular = 'address bus status analysis canvas lens chaos news series physics sms order_bus'
  for (const noun of singular.split(' ')) assert.equal(looksPlural(noun), false, noun)
  for (const noun of 'products categories boxes children line_items'.split(' '))
    assert.ok(looksPlural(noun), noun)
})
