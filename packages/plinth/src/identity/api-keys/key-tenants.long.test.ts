import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { KEYS, makeKey, roomyKeys } from '../../testing/api-keys.ts'
import type { World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { sendRaw } from '../../testing/raw-http.ts'
import { wares } from './api-keys.fixture.ts'

let world: World
before(async () => {
  world = await startWorld({
    features: [wares],
    settings: {
      ...roomyKeys,
      'tenancy.strategies': ['header', 'subdomain', 'claim', 'path'],
      'tenancy.base_domain': 'api.example.com',
    },
  })
})
after(() => world[Symbol.asyncDispose]())

interface Named {
  readonly path?: string
  readonly host?: string
  readonly header?: string
}

/** Every way in which a request names a tenant beside its key. */
const ways = (tenant: string): Readonly<Record<string, Named>> => ({
  header: { header: tenant },
  'sub-domain': { host: `${tenant}.api.example.com` },
  path: { path: `/t/${tenant}/wares` },
})

test('AK-19 TN-14 a key of one tenant is refused by header, sub-domain and path of another, also of its own person', async () => {
  await world.signIn('eve', { tenant: 'evil' })
  await world.signIn('ana', { tenant: 'beta' })
  const { key, api_key } = await makeKey(await world.signIn('ana', { tenant: 'acme' }))
  const port = Number(new URL(world.url).port)
  const ask = ({ path = '/wares', host = 'localhost', header }: Named) => {
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: close',
      `X-API-Key: ${key}`,
    ]
    const named = header === undefined ? [] : [`X-Tenant-ID: ${header}`]
    return sendRaw(port, `${[...lines, ...named].join('\r\n')}\r\n\r\n`, { patienceMs: 60_000 })
  }
  for (const [way, named] of Object.entries(ways('acme'))) {
    const own = await ask(named)
    assert.equal(own.status, 200, `${way}: ${own.text}`)
    assert.ok(own.text.includes(String(api_key['tenant_id'])), way)
  }
  for (const tenant of ['beta', 'evil', 'nowhere']) {
    for (const [way, named] of Object.entries(ways(tenant))) {
      const other = await ask(named)
      // Of a tenant of the same person it is said that the two disagree; any other is not there.
      assert.equal(other.status, tenant === 'beta' ? 400 : 404, `${tenant} by ${way}`)
    }
  }
  const mixed = await ask({ ...ways('acme')['header'], ...ways('beta')['path'] })
  assert.equal(mixed.status, 400)
  const keys = await ask({ path: `/t/beta${KEYS}/${api_key.id}` })
  assert.equal(keys.status, 400)
})
