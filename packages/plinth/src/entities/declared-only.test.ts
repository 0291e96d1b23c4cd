import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { entity, json, migrationForAll, ref } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

const device = entity('device', {
  name: z.string(),
  settings: json(z.object({ lang: z.string() })),
})
const alarm = entity('alarm', { name: z.string(), device_id: ref('device') })
const theme = z.object({ colour: z.string(), size: z.int32() })
const call = z.object({ number: z.string(), at: z.string().optional() })
const way = z.union([call, z.object({ address: z.string(), theme: theme.nullable() })])
const screen = entity('screen', {
  name: z.string(),
  look: json(theme),
  maybe: json(theme).nullish(),
  several: json(z.array(theme)).nullish(),
  way: json(way).nullish(),
})
const lamp = entity('lamp', { name: z.string(), note: z.string().nullish() })

let world: CrudWorld
let deviceId = ''
before(async () => {
  const entities = [device, alarm, lamp, screen]
  world = await openCrudWorld({
    sql: migrationForAll(entities).up,
    features: [
      feature('devices', {
        entities,
        routes: [crud(device), crud(alarm, { expand: [device] }), crud(lamp), crud(screen)],
      }),
    ],
    who: { ana: { permissions: ['device:*', 'alarm:*', 'lamp:*', 'screen:*'] } },
  })
  const made = await world.call('POST', '/api/v1/devices', {
    body: { name: 'D', settings: { lang: 'de' } },
  })
  deviceId = String(made.body['id'])
  await world.call('POST', '/api/v1/alarms', { body: { name: 'A', device_id: deviceId } })
  // A row of an older release, whose declaration still named a PIN.
  await world.admin.query(`update app.devices set settings = '{"lang":"de","pin":"4711"}'`)
})
after(() => world[Symbol.asyncDispose]())

test('v5.0.0-V15.3.1 what JSON of an older declaration holds is sent by no way of asking', async () => {
  const paths = [
    `devices/${deviceId}`,
    `devices/${deviceId}?fields=settings`,
    'devices',
    'devices?fields=name,settings',
    'alarms?expand=device',
    'alarms?fields=name&expand=device',
  ]
  for (const path of paths) {
    const { status, body } = await world.call('GET', `/api/v1/${path}`)
    assert.equal(status, 200, path)
    const sent = JSON.stringify(body)
    assert.match(sent, /"settings":\{"lang":"de"\}/, path)
    assert.doesNotMatch(sent, /pin|4711/, path)
  }
})

test('rows of single values are sent as JSON: declared fields in their order, missing ones as null', async () => {
  const name = 'a "lamp" of Zürich\n🌍'
  const made = await world.call('POST', '/api/v1/lamps', { body: { name } })
  const { body, headers } = await world.call('GET', '/api/v1/lamps')
  assert.match(String(headers.get('content-type')), /^application\/json; charset=utf-8$/)
  assert.deepEqual(body.items, [made.body])
  assert.deepEqual([body.items[0]?.['name'], body.items[0]?.['note']], [name, null])
  const names = ['id', 'name', 'note', 'version', 'created_at', 'updated_at']
  assert.deepEqual(Object.keys(body.items[0] ?? {}), names)
})

test('a row whose JSON lacks what its declaration asks for by now is sent as it is, and can be changed', async () => {
  const look = { colour: 'red', size: 1 }
  const body = { name: 'S', look }
  const made = await world.call('POST', '/api/v1/screens', { body })
  // A row of an older release, whose screens had no size.
  const [older, kept] = [
    '{"colour":"red"}',
    '{"address":"x","theme":{"colour":"red","size":1},"pin":1}',
  ]
  await world.admin.query('update app.screens set look = $1, maybe = $1, several = $2, way = $3', [
    older,
    `[${older}]`,
    kept,
  ])
  const path = `screens/${made.body['id']}`
  const fields = 'fields=look,maybe,several,way'
  const red = { colour: 'red' }
  const sent = { look: red, maybe: red, several: [red], way: { address: 'x', theme: look } }
  for (const asked of [path, `${path}?${fields}`, 'screens', `screens?${fields}`]) {
    const { status, body: said } = await world.call('GET', `/api/v1/${asked}`)
    assert.equal(status, 200, asked)
    const row = said.items?.[0] ?? said
    const { look, maybe, several, way: named } = row
    assert.deepEqual({ look, maybe, several, way: named }, sent, asked)
  }
  const changed = await world.call('PATCH', `/api/v1/${path}`, { body: { name: 'T' } })
  assert.deepEqual([changed.status, changed.body['look']], [200, red])
})
