import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { entity, migrationForAll, ref } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

const diary = entity('diary', { text: z.string() }, { owned: 'person' })
const entry = entity('entry', { diary_id: ref('diary') })

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([diary, entry]).up,
    features: [
      feature('diaries', {
        entities: [diary, entry],
        routes: [crud(diary), crud(entry, { expand: [diary] })],
      }),
    ],
    who: {
      ben: { permissions: ['entry:*', 'diary:read', 'diary:create'] },
      cleo: { permissions: ['entry:*', 'diary:read', 'diary:create'] },
      ana: { permissions: ['entry:*', 'diary:read', 'diary:all'] },
    },
  })
})
after(() => world[Symbol.asyncDispose]())

test('TN-61 what belongs to somebody else is not expanded, in a list or in one row', async () => {
  const { call } = world
  const of = { body: { text: 'private' }, who: 'ben' }
  const diaryId = (await call('POST', '/api/v1/diaries', of)).body['id']
  const made = await call('POST', '/api/v1/entries', { body: { diary_id: diaryId }, who: 'ben' })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const seen = async (who: string) => {
    const one = await call('GET', `/api/v1/entries/${made.body['id']}?expand=diary`, { who })
    const list = await call('GET', '/api/v1/entries?expand=diary', { who })
    return [one.body['diary'], list.body.items[0]?.['diary']].map((row) => row && Object(row).text)
  }
  assert.deepEqual(await seen('ben'), ['private', 'private'])
  assert.deepEqual(await seen('ana'), ['private', 'private'])
  assert.deepEqual(await seen('cleo'), [null, null])
})
