import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { entity, migrationForAll, ref } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import { newId } from '../kernel/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

const diary = entity('diary', { text: z.string() }, { owned: 'person' })
const entry = entity('entry', {
  text: z.string().default(''),
  diary_id: ref('diary').nullish(),
  other_id: ref('diary').nullish(),
})
const page = entity(
  'page',
  { text: z.string().default(''), page_id: ref('page').nullish() },
  { owned: 'person', softDelete: true },
)

const MINE = ['entry:*', ...['diary', 'page'].flatMap((name) => [`${name}:read`, `${name}:create`])]

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([diary, entry, page]).up,
    features: [
      feature('diaries', {
        entities: [diary, entry, page],
        routes: [crud(diary), crud(entry, { expand: [diary] }), crud(page)],
      }),
    ],
    who: {
      ben: { permissions: [...MINE, 'page:update'] },
      cleo: { permissions: [...MINE, 'page:update'] },
      ana: { permissions: ['entry:*', 'diary:read', 'diary:all'] },
    },
  })
})
after(() => world[Symbol.asyncDispose]())

const ENTRIES = '/api/v1/entries'

async function made(path: string, body: object, who: string): Promise<string> {
  const answer = await world.call('POST', path, { body, who })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return String(answer.body['id'])
}

const diaryOf = (who: string) => made('/api/v1/diaries', { text: `of ${who}` }, who)
const pageOf = (who: string) => made('/api/v1/pages', {}, who)

/** What is answered, without what no two answers share and without the id that was sent. */
async function told(method: string, path: string, body: object, who: string) {
  const answer = await world.call(method, path, { body, who })
  const { request_id: _, instance: __, ...rest } = answer.body
  return { status: answer.status, body: rest, detail: answer.body.details?.[0] }
}

test('TN-61 a row of another person is referred to like one that is not there, however it is tried', async () => {
  const [bens, cleos] = [await diaryOf('ben'), await diaryOf('cleo')]
  const at = `${ENTRIES}/${await made(ENTRIES, { diary_id: cleos }, 'cleo')}`
  const ways: readonly (readonly [string, string, (id: string) => object, string])[] = [
    ['POST', ENTRIES, (id) => ({ diary_id: id }), 'body/diary_id'],
    ['POST', ENTRIES, (id) => ({ diary_id: cleos, other_id: id }), 'body/other_id'],
    ['PUT', at, (id) => ({ diary_id: id }), 'body/diary_id'],
    ['PATCH', at, (id) => ({ text: 'x', other_id: id }), 'body/other_id'],
    [
      'POST',
      `${ENTRIES}/bulk`,
      (id) => ({ items: [{ diary_id: cleos }, { diary_id: id }] }),
      'body/items/1/diary_id',
    ],
  ]
  for (const [method, path, body, field] of ways) {
    const [other, unknown] = [
      await told(method, path, body(bens), 'cleo'),
      await told(method, path, body(newId()), 'cleo'),
    ]
    assert.deepEqual(other, unknown, `${method} ${path}`)
    assert.deepEqual(
      [other.status, other.detail?.path, other.detail?.message],
      [422, field, 'There is no such diary'],
    )
  }
  const { body } = await world.call('GET', at, { who: 'cleo' })
  assert.deepEqual([body['diary_id'], body['other_id'], body['version']], [cleos, null, 1])
})

test('TN-61 the same between rows of people, also where deleted rows are kept', async () => {
  const [bens, cleos, next] = [await pageOf('ben'), await pageOf('cleo'), await pageOf('cleo')]
  const at = `/api/v1/pages/${next}`
  const status = async (id: string) => (await told('PATCH', at, { page_id: id }, 'cleo')).status
  assert.deepEqual([await status(bens), await status(cleos)], [422, 200])
  assert.equal((await told('POST', '/api/v1/pages', { page_id: bens }, 'cleo')).status, 422)
})

test('who holds <entity>:all refers to anybody’s row; what stands there may be sent back by anybody', async () => {
  const bens = await diaryOf('ben')
  const at = `${ENTRIES}/${await made(ENTRIES, { diary_id: bens }, 'ana')}`
  const cleo = { who: 'cleo' }
  assert.equal((await world.call('GET', `${at}?expand=diary`, cleo)).body['diary'], null)
  const same = await told('PUT', at, { text: 'b', diary_id: bens }, 'cleo')
  assert.deepEqual([same.status, same.body['diary_id']], [200, bens])
  assert.equal((await told('PATCH', at, { other_id: bens }, 'cleo')).status, 422)
  assert.equal((await told('PATCH', at, { other_id: bens }, 'ana')).status, 200)
  assert.equal((await told('PATCH', at, { diary_id: null }, 'cleo')).status, 200)
  assert.equal((await told('PATCH', at, { diary_id: bens }, 'cleo')).status, 422)
})
