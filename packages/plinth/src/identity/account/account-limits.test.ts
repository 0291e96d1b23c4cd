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
