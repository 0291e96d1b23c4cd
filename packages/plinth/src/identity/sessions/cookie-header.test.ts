import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sendRaw } from '../../testing/raw-http.ts'
import type { World } from '../../testing/world.ts'
import { startWorld } from '../../testing/world.ts'

// A whole Cookie header as it comes over the wire: what is in it beside ours, and what in its place.

const NAME = 'user_session_id'

let world: World
let good: string
before(async () => {
  world = await startWorld({ features: [] })
  const ana = await world.signIn('ana')
  good = `${NAME}=${ana.cookies.get(NAME)}`
})
after(() => world[Symbol.asyncDispose]())

/** Status of a route that wants a session, asked with this header. */
async function statusFor(cookie: string): Promise<number> {
  const head = `GET /auth/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ${cookie}`
  const { status } = await sendRaw(Number(new URL(world.url).port), `${head}\r\n\r\n`, {
    patienceMs: 60_000,
  })
  return status
}

/** Cookies of others, this many bytes of them. */
const others = (bytes: number): string => `other=${'x'.repeat(bytes - 'other='.length)}`

test('SB-07 ours is found among 200 cookies, first, last or in their midst', async () => {
  const many = Array.from({ length: 200 }, (_, at) => `c${at}=${at}`)
  for (const at of [0, 100, 200]) {
    assert.equal(await statusFor(many.toSpliced(at, 0, good).join('; ')), 200, String(at))
  }
})

test('SB-07 a Cookie header of 15 kB works, one of 17 kB is 431', async () => {
  assert.equal(await statusFor(`${others(15_000)}; ${good}`), 200)
  assert.equal(await statusFor(`${good}; ${others(15_000)}`), 200)
  assert.equal(await statusFor(`${others(17_000)}; ${good}`), 431)
  assert.equal(await statusFor(`${good}; ${others(17_000)}`), 431)
})

test('SB-08 a cookie that is named like a part of every object has no effect, beside ours and alone', async () => {
  const odd = '__proto__=x; constructor=y; toString=z; hasOwnProperty=; prototype=1'
  assert.equal(await statusFor(`${odd}; ${good}`), 200)
  const [, token = ''] = good.split('=')
  for (const name of ['__proto__', 'constructor', 'toString', `__proto__[${NAME}]`]) {
    assert.equal(await statusFor(`${name}=${token}`), 401, name)
  }
})

const VALUES: readonly (readonly [title: string, value: (token: string) => string])[] = [
  ['quoted', (token) => `"${token}"`],
  ['with a quote', (token) => `${token}"`],
  ['with a space', (token) => `${token.slice(0, 20)} ${token.slice(21)}`],
  ['with a tab', (token) => `${token.slice(0, 20)}\t${token.slice(21)}`],
  ['with a percent sign', (token) => `${token.slice(1)}%`],
  ['percent-encoded', (token) => `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`],
  ['that cannot be decoded', () => '%ZZ%'],
  ['with a comma', (token) => `${token.slice(0, 20)},${token.slice(21)}`],
  ['of 4 kB', (token) => token.repeat(96)],
  ['in UTF-8', () => 'é'.repeat(21)],
  ['of bytes above ASCII', () => '\xe9\xff'.repeat(21)],
  ['that is empty', () => ''],
  ['of equals signs', () => '='.repeat(43)],
]
for (const [title, value] of VALUES) {
  test(`SB-06 a session cookie ${title} is 401, and nothing throws`, async () => {
    const lines = world.logged.length
    const [, token = ''] = good.split('=')
    const bytes = Buffer.from(`${NAME}=${value(token)}`, title === 'in UTF-8' ? 'utf8' : 'latin1')
    assert.equal(await statusFor(bytes.toString('latin1')), 401)
    assert.deepEqual(
      world.logged.slice(lines).filter((line) => /"level":(?:50|"error")/.test(line)),
      [],
    )
  })
}

test('SB-06 NUL in a session cookie is refused before anything reads it', async () => {
  assert.equal(await statusFor(`${good.slice(0, -1)}\0`), 400)
  assert.equal(await statusFor(good), 200, 'and the next request is served')
})
