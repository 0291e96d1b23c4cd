import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'

let world: World
before(async () => {
  world = await startWorld({
    features: [],
    settings: {
      'app.trusted_proxies': ['127.0.0.1'],
      'accounts.registration': 'open',
      'rate_limiter.requests': 10,
    },
  })
})
after(() => world[Symbol.asyncDispose]())

async function post(path: string, body: object, from: string) {
  const answer = await world.visitor().post(path, body, { 'x-forwarded-for': from })
  return answer.status
}

const PASSWORD = 'nobody would guess this one'
const named: readonly [string, (name: string) => object, number][] = [
  ['/auth/password-reset-request', (email) => ({ email }), 200],
  [
    '/auth/register',
    (email) => ({ email, password: PASSWORD, first_name: 'Ana', last_name: 'Ruiz' }),
    202,
  ],
]
for (const [path, body, status] of named) {
  test(`D10 MF-21 POST ${path}: ten a minute for one account from all networks together, known or not`, async () => {
    const statuses: number[] = []
    for (let at = 0; at < 12; at++) {
      // Another spelling of the name is the same name.
      const name = at % 2 === 0 ? 'ana@example.com' : 'ANA@example.com'
      statuses.push(await post(path, body(name), `198.51.100.${at}`))
    }
    assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => status), 429, 429])
    assert.equal(await post(path, body('ben@example.com'), '198.51.100.1'), status)
  })
}

const spread: readonly [string, object][] = [
  ['/auth/login', { password: PASSWORD }],
  ['/auth/web/login', { password: PASSWORD }],
]
for (const [path, more] of spread) {
  test(`MF-36 POST ${path}: one password on many accounts from one network is stopped after ten`, async () => {
    const statuses: number[] = []
    for (let at = 0; at < 14; at++) {
      const from = `2001:db8:9:9::${at}`
      statuses.push(await post(path, { username: `person${at}@example.com`, ...more }, from))
    }
    assert.deepEqual(new Set(statuses.slice(0, 10)).has(429), false, `${statuses}`)
    assert.deepEqual(statuses.slice(10), [429, 429, 429, 429])
  })
}

const opened: readonly [string, object][] = [
  ['/auth/register', named[1]?.[1]('eve@example.com') ?? {}],
  ['/auth/verify-email', { token: 'x'.repeat(43) }],
  ['/auth/password-reset-request', { email: 'eve@example.com' }],
  ['/auth/password-reset', { token: 'x'.repeat(43), new_password: PASSWORD }],
]
for (const [path, body] of opened) {
  test(`D22 POST ${path}: a page of another site cannot have a browser do it`, async () => {
    const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const answer = await world.visitor().post(path, body, elsewhere)
    assert.deepEqual([answer.status, answer.headers.getSetCookie()], [403, []])
  })
}

test('MF-10 whoever asks for accounts with an address of somebody else keeps its owner out for an hour at most', async () => {
  const ask = named[1]?.[1]('owner@example.com') ?? {}
  const links = async (from: string) => {
    assert.equal(await post('/auth/register', ask, from), 202)
    await world.drainJobs()
    const { rows } = await world.database.platform.query(
      "select 1 from plinth.one_time_tokens where data ->> 'email' = 'owner@example.com'",
    )
    return rows.length
  }
  const sent: number[] = []
  for (let at = 0; at < 4; at++) sent.push(await links(`203.0.113.${at}`))
  assert.deepEqual(sent, [1, 2, 3, 3])
  world.clock.advance(3_601_000)
  assert.equal(await links('203.0.113.9'), 4)
})
