import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PROGRAM } from '../../dev/small-service.fixture.ts'
import { scratchService } from '../scratch-service.fixture.ts'

const ROOT = join(import.meta.dirname, '../../../../..')
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const BATTERY = join(import.meta.dirname, 'battery.fixture.ts')

const service = scratchService()
after(() => service.remove())

function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const options = { cwd: service.folder, maxBuffer: 1e8 }
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
    )
  })
}

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await run(...args)
  assert.equal(code, 0, `${args.join(' ')}\n${out}${err}`)
  return out
}

const plinth = (...args: readonly string[]) => done(PROGRAM, ...args)
const place = (name: string) => join(service.folder, 'src/entities', name, `${name}.ts`)

const IMPORTS = `import { category } from '../category/category.ts'
import { product } from '../product/product.ts'
`

before(async () => {
  await plinth('entity', 'add', 'Category', 'name:string(40)!')
  await plinth(
    ...['entity', 'add', 'Note', 'title:string~', 'note_id:ref(note)?', '--owned', 'person'],
  )
  await plinth(
    ...['entity', 'add', 'Review', 'product_id:ref(product,cascade)', 'category_id:ref(category)'],
    ...[
      'stars:int(1..5)#',
      'text:text?~',
      'weight:decimal(10,2)',
      'seen:date#',
      'at:datetime#=now',
    ],
    ...['token:uuid#', 'tags:list', 'meta:json', 'big:bigint#', 'ratio:float(0..1)#', 'done:bool#'],
    ...['price:money#', 'kind:enum(a,b)#', 'note_id:ref(note)?', '--soft-delete'],
  )
  const text = readFileSync(place('review'), 'utf8')
    .replace("ref } from 'plinth'", "ref, signedIn } from 'plinth'")
    .replace("import { z } from 'zod'\n", `import { z } from 'zod'\n${IMPORTS}`)
    .replace(
      'crud(review)',
      'crud(review, { list: { access: signedIn() }, expand: [category, product] })',
    )
  writeFileSync(place('review'), text)
  await done(BIOME, 'check', '--write', `--config-path=${ROOT}`, 'src/entities')
  await plinth('sync', '--accept-breaking')
})

const OPERATIONS = ['list', 'get', 'create', 'bulk', 'update', 'delete'] as const

test('written out by hand, every operation answers byte for byte as declared', async () => {
  const declared = await done(BATTERY, service.folder)
  for (const operation of OPERATIONS) {
    await plinth('entity', 'expand', 'Review', operation)
    await plinth('entity', 'expand', 'note', operation)
  }
  await plinth('entity', 'expand', 'Review', 'restore')
  assert.doesNotMatch(readFileSync(place('review'), 'utf8'), /(bulk|restore): true/)

  const written = (await done(BATTERY, service.folder)).split('\n')
  for (const [at, line] of declared.split('\n').entries()) assert.equal(written[at], line)
  assert.ok(written.length > 200, `${written.length} lines`)

  const types = await run(TSC, '-p', '.', '--customConditions', 'plinth-source')
  assert.deepEqual(
    types.out.split('\n').filter((line) => line.startsWith('src/')),
    [],
  )
  await done(BIOME, 'check', '--error-on-warnings', `--config-path=${ROOT}`, 'src/entities')
  // The census and the API document too say what they said.
  await plinth('sync', '--check')
  await done('--test', 'src/entities/review/*.test.ts', 'src/entities/note/*.test.ts')
})

test('what is not served, not known or written out already is refused in a sentence', async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['note', 'restore'], /No crud\(\) serves POST \/api\/v1\/notes\/:id\/restore/],
    [['Review', 'list'], /No crud\(\) serves GET \/api\/v1\/reviews/],
    [['Review', 'lst'], /is no operation; say one of list, get/],
  ]
  for (const [args, message] of cases) {
    const { code, err } = await run(PROGRAM, 'entity', 'expand', ...args)
    assert.equal(code, 2, err)
    assert.match(err, message)
  }
})
