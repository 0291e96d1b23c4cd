import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { migrationForAll } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import type { CallOptions, CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'
import { crate, lamp, shelf } from './lists.fixture.ts'

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([shelf, lamp, crate]).up,
    features: [
      feature('rows', { routes: [crud(shelf), crud(lamp, { expand: [shelf] }), crud(crate)] }),
    ],
    who: { ana: { permissions: ['*'] }, evil: { permissions: ['*'], tenant: 1 } },
  })
})
after(() => world[Symbol.asyncDispose]())

let numbers = 0
async function newCrate(): Promise<string> {
  numbers += 1
  const { body } = await world.call('POST', '/api/v1/crates', { body: { code: `N-${numbers}` } })
  return `/api/v1/crates/${body['id']}`
}

const knowing = (tags: string): CallOptions => ({ headers: { 'if-none-match': tags } })

const known: readonly (readonly [string, number])[] = [
  ['"1"', 304],
  ['W/"1"', 304],
  ['*', 304],
  ['"7", "a,b" , W/"1"', 304],
  [' , "1",', 304],
  ['"2"', 200],
  ['w/"1"', 200],
  ['""', 200],
  ['1', 200],
  ['"1" "1"', 200],
  ['"1', 200],
  ['"1", *', 200],
]

test('RFC 9110 §13.1.2 a read says 304 to whoever has the row already, weakly compared', async () => {
  const at = await newCrate()
  for (const [tags, status] of known) {
    const answer = await world.call('GET', at, knowing(tags))
    assert.equal(answer.status, status, tags)
  }
  const head = await fetch(`${world.http.url}${at}`, {
    method: 'HEAD',
    headers: { authorization: 'Bearer ana', 'if-none-match': '"1"' },
  })
  assert.equal(head.status, 304)
  await world.call('PATCH', at, { body: { code: 'moved' } })
  assert.equal((await world.call('GET', at, knowing('"1"'))).status, 200)
  assert.equal((await world.call('GET', `${at}?fields=id`, knowing('"2"'))).status, 304)
})

test('RFC 9110 §15.4.5 a 304 has the headers of its 200, no body and no type', async () => {
  const at = await newCrate()
  const whole = await world.call('GET', at)
  const { headers, body } = await world.call('GET', at, knowing('"1"'))
  for (const name of ['etag', 'cache-control', 'vary', 'x-content-type-options']) {
    assert.equal(headers.get(name), whole.headers.get(name), name)
  }
  assert.deepEqual(
    [body, headers.get('content-type'), headers.get('content-length')],
    [{}, null, null],
  )
})

test('TN-46 whoever may not see a row learns nothing by naming its tag', async () => {
  const at = await newCrate()
  assert.equal((await world.call('GET', at, { ...knowing('"1"'), who: 'evil' })).status, 404)
  assert.equal((await world.call('GET', at, { ...knowing('*'), who: 'nobody' })).status, 401)
})

test('RFC 9110 §8.8.1 the tag of an answer moves with the rows that stand in it', async () => {
  const made = await world.call('POST', '/api/v1/shelves', { body: { name: 'A' } })
  const [id, shelfAt] = [made.body['id'], `/api/v1/shelves/${made.body['id']}`]
  const sample = { sku: 'T-1', name: 'Lamp', price: 1, rating: 1, status: 'live', shelf_id: id }
  const { body } = await world.call('POST', '/api/v1/lamps', { body: sample })
  const [at, both] = [`/api/v1/lamps/${body['id']}`, `/api/v1/lamps/${body['id']}?expand=shelf`]
  const tag = (await world.call('GET', both)).headers.get('etag') ?? ''
  assert.notEqual(tag, '"1"')
  assert.equal((await world.call('GET', both, knowing(tag))).status, 304)
  await world.call('PATCH', shelfAt, { body: { name: 'B' } })
  assert.equal((await world.call('GET', both, knowing(tag))).status, 200)
  const changed = await world.call('PATCH', at, {
    body: { name: 'Lamp 2' },
    headers: { 'if-match': tag },
  })
  assert.equal(changed.status, 200)
})

const demands: readonly (readonly [Record<string, string>, number, string?])[] = [
  [{ 'if-match': '"7", "8"' }, 412, 'entity.stale'],
  [{ 'if-match': 'W/"1"' }, 412, 'entity.stale'],
  [{ 'if-match': '"1", "2"', 'if-none-match': '"1"' }, 412, 'entity.stale'],
  [{ 'if-none-match': '*' }, 412, 'entity.stale'],
  [{ 'if-none-match': 'W/"1", "9"' }, 412, 'entity.stale'],
  [{ 'if-match': '1' }, 400, 'entity.condition_malformed'],
  [{ 'if-match': '"1", x' }, 400, 'entity.condition_malformed'],
  [{ 'if-match': '' }, 400, 'entity.condition_malformed'],
  [{ 'if-none-match': '2' }, 400, 'entity.condition_malformed'],
  [{ 'if-match': '"7", "1"' }, 200],
  [{ 'if-match': '"a,b",, "2"' }, 200],
  [{ 'if-match': '*', 'if-none-match': '"1"' }, 200],
  [{ 'if-none-match': '"1", "2"' }, 200],
]

test('RFC 9110 §13.1.1 a change goes on for one of several tags, and never past a condition', async () => {
  const at = await newCrate()
  for (const [headers, status, code] of demands) {
    const answer = await world.call('PATCH', at, { body: { code: 'x' }, headers })
    assert.deepEqual(
      [answer.status, answer.body['code']],
      [status, status === 200 ? 'x' : code],
      JSON.stringify(headers),
    )
  }
  const gone = await world.call('DELETE', at, { headers: { 'if-match': '"5", "4"' } })
  assert.equal(gone.status, 204)
  const back = await world.call('POST', `${at}/restore`, { headers: { 'if-match': '"6", "7"' } })
  assert.deepEqual([back.status, back.body['version']], [200, 7])
})

test('RFC 9110 §5.3 tags over several header lines are one list', async () => {
  const url = `${world.http.url}${await newCrate()}`
  const status = (name: string, lines: readonly string[]) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: 'Bearer ana', [name]: [...lines] }
      const asked = request(url, { headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asked.on('error', reject).end()
    })
  assert.equal(await status('if-none-match', ['"7"', '"1"']), 304)
  assert.equal(await status('if-match', ['"7"', '"1"']), 200)
  assert.equal(await status('if-match', ['"7"', '"8"']), 412)
})

test('RFC 9110 §13.2.2 If-Match holds for a read too', async () => {
  const at = await newCrate()
  const read = async (tags: string) =>
    (await world.call('GET', at, { headers: { 'if-match': tags } })).status
  assert.deepEqual([await read('"1", "2"'), await read('*'), await read('"2"')], [200, 200, 412])
})
