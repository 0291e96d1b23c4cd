import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { entity, migrationForAll, timestamp } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

const visit = entity('visit', {
  guest: z.string(),
  note: z.string().default('none'),
  came_at: timestamp().default('now'),
  badge: z.uuid().default('uuid'),
})

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([visit]).up,
    features: [feature('visits', { entities: [visit], routes: [crud(visit)] })],
    who: { ana: { permissions: ['visit:*'] } },
  })
})
after(() => world[Symbol.asyncDispose]())

test('RFC 9110 §9.2.2 the same PUT twice leaves the same row: what was made once is not made anew', async () => {
  const body = { guest: 'Bo', note: 'late' }
  const made = (await world.call('POST', '/api/v1/visits', { body })).body
  const put = { body: { guest: 'Bo' } }
  const once = (await world.call('PUT', `/api/v1/visits/${made['id']}`, put)).body
  const twice = (await world.call('PUT', `/api/v1/visits/${made['id']}`, put)).body
  for (const row of [once, twice]) {
    const { note, came_at, badge } = row
    assert.deepEqual([note, came_at, badge], ['none', made['came_at'], made['badge']])
  }
  const came_at = '2001-02-03T04:05:06.000Z'
  const said = { body: { guest: 'Bo', came_at } }
  const moved = await world.call('PUT', `/api/v1/visits/${made['id']}`, said)
  assert.equal(moved.body['came_at'], came_at)
})
