import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { apiKeyEnding } from '../../notify/index.ts'
import { KEYS, makeAccount, makeKey, roomyKeys } from '../../testing/api-keys.ts'
import type { Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { announceEndsJob } from './announce-ends.job.ts'
import { wares } from './api-keys.fixture.ts'
import { apiKeySettings } from './api-keys.settings.ts'

const DAY_MS = 86_400_000

let world: World
let ana: Person
before(async () => {
  world = await startWorld({ features: [wares], settings: roomyKeys })
  ana = await world.signIn('ana')
})
after(() => world[Symbol.asyncDispose]())

const inDays = (days: number) => new Date(world.clock.now() + days * DAY_MS).toISOString()

/** Runs the daily job; the names of the keys of which mails went out, and to whom. */
async function announced(days = 14): Promise<readonly string[]> {
  const mails: string[] = []
  const handler = announceEndsJob({
    clock: world.clock,
    settings: apiKeySettings.parse({ announce_days: days }),
    notify: {
      mail: async (_tx, template, to, data) => {
        assert.equal(template.name, apiKeyEnding.name)
        mails.push(
          `${Reflect.get(Object(data), 'key')} to ${typeof to === 'string' ? to : to.address}`,
        )
      },
    },
    baseUrl: 'https://app.example.com',
  })
  const { body } = await ana.get<{ tenant: { id: never } }>('/auth/web/me')
  await world.database.forTenant(body.tenant.id).transaction((tx) =>
    handler.spec.handle({
      tx,
      input: {},
      actor: { kind: 'system', person: null, clientAddress: null, requestId: null },
      log: { info() {}, warn() {}, error() {} },
      signal: AbortSignal.abort(),
    }),
  )
  return mails.toSorted()
}

test('v5.0.0-V6.4.5 whoever is behind a key is told before it ends: once for each end, and not of what ends by itself', async () => {
  const key = (name: string, days: number, more: object = {}) =>
    makeKey(ana, { name, expires_at: inDays(days), ...more })
  const { api_key: soon } = await key('soon', 30)
  await key('later', 60)
  await key('short', 10)
  const { api_key: revoked } = await key('revoked', 30)
  await ana.delete(`${KEYS}/${revoked.id}`)
  const { api_key: rotated } = await key('rotated', 30)
  await ana.post(`${KEYS}/${rotated.id}/rotate`, { overlap_seconds: 86_400 })
  const { api_key: renewed } = await key('renewed', 60)
  const account = await makeAccount(ana)
  await key('robot', 30, { type: 'service', owner_id: account })
  assert.deepEqual(await announced(), [])

  world.clock.advance(17 * DAY_MS)
  ana = await world.signIn('ana')
  await ana.post(`${KEYS}/${renewed.id}/rotate`, { overlap_seconds: 86_400 })
  assert.deepEqual(await announced(0), [], 'switched off')
  // What has a successor ends by itself tomorrow: of that nobody need be told.
  // The successor of the one that was rotated ends when that would have.
  const told = ['robot', 'rotated', 'soon'].map((name) => `${name} to ana@example.com`)
  assert.deepEqual(await announced(), told)
  assert.deepEqual(await announced(), [], 'once')

  const putOff = await ana.patch(`${KEYS}/${soon.id}`, { expires_at: inDays(40) })
  assert.equal(putOff.status, 200, JSON.stringify(putOff.body))
  world.clock.advance(30 * DAY_MS)
  ana = await world.signIn('ana')
  const then = ['later', 'renewed', 'soon'].map((name) => `${name} to ana@example.com`)
  assert.deepEqual(await announced(), then)
  const { rows } = await world.database.platform.transaction(async (tx) =>
    tx.query<{ version: number }>('select version from plinth.api_keys where id = $1', [soon.id]),
  )
  assert.equal(rows[0]?.version, 2, 'being told changes no ETag')
})

test('v5.0.0-V6.4.5 the mail names the key by its beginning, and its end', () => {
  const { subject, text, html } = apiKeyEnding.write({
    name: 'Ana <b>',
    key: 'deploy "<script>',
    prefix: 'uk_user_AbCd',
    ends: '2030-01-02T03:04:05Z',
    baseUrl: 'https://app.example.com',
  })
  assert.equal(subject, 'An API key ends soon')
  assert.ok(!html.includes('<script>') && html.includes('&lt;script&gt;'))
  for (const one of [text, html]) {
    assert.match(one, /uk_user_AbCd/)
    assert.match(one, /2030-01-02 03:04 UTC/)
  }
})
