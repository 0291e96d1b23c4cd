import assert from 'node:assert/strict'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { AnyEntity } from '../../packages/plinth/src/data/index.ts'
import type { Feature } from '../../packages/plinth/src/feature/index.ts'
import { feature } from '../../packages/plinth/src/feature/index.ts'
import type { Answer, Person, World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { ROOT, read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/crud.md'
const blocks = blocksOf(PAGE)

interface Shop {
  readonly product: AnyEntity
  readonly productFeature: Feature
  canFulfillOrder(row: object, quantity: number): boolean
}

let folder = ''
let shop: Shop
let world: World
let ana: Person
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plinth-crud-'))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  const [file] = blocks.filter(({ language }) => language === 'ts')
  await writeFile(path.join(folder, 'product.ts'), file?.code ?? '')
  shop = await import(path.join(folder, 'product.ts'))
  const { productFeature } = shop
  world = await startWorld({ features: [productFeature] })
  ana = await world.signIn('ana')
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** `POST /path {"json":1}   201` */
const LINE = /^(GET|POST|PUT|PATCH|DELETE) (\S+)(?: (\{.*\}))? +(\d{3})$/

const requests = blocks
  .filter(({ language }) => language === 'http')
  .flatMap(({ code }) => code.trimEnd().split('\n'))

test('docs/guides/crud.md: every request on the page is answered as it says', async () => {
  assert.ok(requests.length > 15)
  let id = ''
  for (const line of requests) {
    const [, method = '', url = '', body, status] = LINE.exec(line) ?? assert.fail(line)
    const answer = await send(method, url.replace('{id}', id), body)
    assert.equal(answer.status, Number(status), `${line}: ${JSON.stringify(answer.body)}`)
    if (method === 'POST' && answer.status === 201 && !url.endsWith('/bulk')) {
      id = String(Object(answer.body).id)
    }
  }
})

function send(method: string, url: string, body: string | undefined): Promise<Answer> {
  const json: object | undefined = body === undefined ? undefined : JSON.parse(body)
  switch (method) {
    case 'POST':
      return ana.post(url, json)
    case 'PUT':
      return ana.put(url, json ?? {})
    case 'PATCH':
      return ana.patch(url, json ?? {})
    case 'DELETE':
      return ana.delete(url)
    default:
      return ana.get(url)
  }
}

test('docs/guides/crud.md: /low-stock stands beside /{id}, whichever is registered first', async () => {
  const { productFeature, product } = shop
  const routes = (productFeature.routes ?? []).flat().toReversed()
  await using reversed = await startWorld({
    features: [feature('product', { entities: [product], routes })],
  })
  for (const { signIn } of [world, reversed]) {
    const ben = await signIn('ben')
    const scarce = { name: 'Scarce', category: 'lamps', price: 1, stock: 2 }
    await ben.post('/api/v1/products', scarce)
    await ben.post('/api/v1/products', { ...scarce, name: 'Plenty', stock: 50 })
    const low = await ben.get<{ items: { name: string }[] }>('/api/v1/products/low-stock')
    const names = low.body.items.map(({ name }) => name)
    assert.ok(names.includes('Scarce') && !names.includes('Plenty'))
    assert.equal((await ben.get('/api/v1/products/low-stocks')).status, 422)
    const lamps = await ben.get<{ items: { name: string }[] }>('/api/v1/products/category/lamps')
    assert.deepEqual(
      lamps.body.items
        .slice(0, 2)
        .map(({ name }) => name)
        .sort(),
      ['Plenty', 'Scarce'],
    )
  }
  assert.deepEqual(
    [shop.canFulfillOrder({ stock: 2 }, 3), shop.canFulfillOrder({ stock: 3 }, 3)],
    [false, true],
  )
})

test('docs/guides/crud.md: the limits and settings that it names are those of the code', () => {
  const guide = read(PAGE)
  assert.match(read('docs/configuration.md'), /http\.idempotency_hours/)
  const code = read('packages/plinth/src/entities/list-route.ts')
  assert.match(code, /\[50, 100, 10_000\]/)
  assert.match(guide, /50 unless asked for otherwise and 100 at\s+most/)
  assert.match(guide, /`offset` reaches 10,000 rows/)
  assert.match(read('packages/plinth/src/data/entity/list/filter-sql.ts'), /MOST_FOUND = 1_000/)
  assert.match(read('packages/plinth/src/data/entity/list/list-rows.ts'), /MOST_FILTERS = 10/)
})
