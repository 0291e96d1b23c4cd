import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { open } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import type { HttpHarness } from '../testing/http-harness.ts'
import { openHttp } from '../testing/http-harness.ts'
import { sendRaw } from '../testing/raw-http.ts'
import { until } from '../testing/until.ts'
import { httpSettings } from './index.ts'

const echo = feature('echo', {
  routes: [
    route('POST /echo', {
      access: open('test'),
      body: z.strictObject({ name: z.string() }),
      returns: z.object({ name: z.string() }),
      handle: ({ body }) => body,
    }),
    route('GET /hello', {
      access: open('test'),
      query: { a: z.string().optional() },
      returns: z.string(),
      handle: () => 'hello',
    }),
    route('GET /large', {
      access: open('test'),
      returns: z.string(),
      handle: () => 'x'.repeat(30_000_000),
    }),
  ],
})

let http: HttpHarness
before(async () => {
  http = await openHttp([echo])
})
after(() => http[Symbol.asyncDispose]())

const get = (head: string) => sendRaw(http.port, `${head}\r\nConnection: close\r\n\r\n`)
const post = (head: string, body: string) =>
  sendRaw(
    http.port,
    `POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${head}\r\n\r\n${body}`,
  )

const lines = (count: number) => Array.from({ length: count }, () => 'a: 1').join('\r\n')

const requests: readonly [string, string, readonly number[]][] = [
  ['HI-07 17 kB of headers', `GET /hello HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(17_000)}`, [431]],
  [
    'HI-07 CS-29 XF-14 2,500 short headers',
    `GET /hello HTTP/1.1\r\nHost: x\r\n${lines(2500)}`,
    [431],
  ],
  [
    'HI-07 CS-29 1,000 headers before Origin',
    `POST /echo HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 1000 }, (_, i) => `a${i}: 1`).join('\r\n')}\r\nOrigin: http://evil.test`,
    [431],
  ],
  [
    'HI-08 content-length and chunked',
    'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked',
    [400],
  ],
  [
    'HI-08 two content-lengths',
    'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5',
    [400],
  ],
  ['HI-08 space before colon', 'GET /hello HTTP/1.1\r\nHost : x', [400]],
  ['HI-08 folded header', 'GET /hello HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n folded', [400]],
  ['HI-08 NUL in a header', 'GET /hello HTTP/1.1\r\nHost: x\r\nX-A: a\0b', [400]],
  ['HI-08 bare line feed', 'GET /hello HTTP/1.1\nHost: x\n', [400]],
  ['HI-09 two Host headers', 'GET /hello HTTP/1.1\r\nHost: x\r\nHost: y', [400]],
  ['HI-09 no Host header', 'GET /hello HTTP/1.1', [400]],
  ['HI-09 absolute form', 'GET http://evil.test/hello HTTP/1.1\r\nHost: x', [400]],
  ['HI-09 TRACE', 'TRACE /hello HTTP/1.1\r\nHost: x', [405]],
  ['HI-09 TRACE of what is not there', 'TRACE /nowhere HTTP/1.1\r\nHost: x', [405]],
  ['HI-09 a method of no route', 'PROPFIND /nowhere HTTP/1.1\r\nHost: x', [405]],
  ['a fragment in the address', 'GET /hello#x HTTP/1.1\r\nHost: x', [400]],
  ['HI-09 CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: x', [400]],
  ['HI-09 a version that is not spoken', 'GET /hello HTTP/2.0\r\nHost: x', [400]],
  ['HI-09 an empty Host', 'GET /hello HTTP/1.1\r\nHost:', [400]],
  ['HI-09 a Host that is none', 'GET /hello HTTP/1.1\r\nHost: a b/<c>', [400]],
  ['HI-09 a Host of every usual form', 'GET /hello HTTP/1.1\r\nHost: [::1]:8000', [200]],
  ['HI-08 chunks in HTTP/1.0', 'POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked', [400]],
  // Host and Connection are two of the 200.
  [
    'HI-07 as many headers as are allowed',
    `GET /hello HTTP/1.1\r\nHost: x\r\n${lines(198)}`,
    [200],
  ],
  ['HI-07 one header more', `GET /hello HTTP/1.1\r\nHost: x\r\n${lines(199)}`, [431]],
  ['HI-09 * with GET', 'GET * HTTP/1.1\r\nHost: x', [400, 404]],
  [
    'HI-30 junk in conditional and range headers',
    `GET /hello HTTP/1.1\r\nHost: x\r\nRange: bytes=${'0-1,'.repeat(1000)}\r\nIf-None-Match: ${'"x",'.repeat(500)}\r\nAccept-Language: ${'x-'.repeat(500)}`,
    [200],
  ],
  ['HI-15 a repeated query field', 'GET /hello?a=1&a=2 HTTP/1.1\r\nHost: x', [400, 422]],
  ['HI-15 brackets in a query field', 'GET /hello?a[b]=1 HTTP/1.1\r\nHost: x', [400, 422]],
  [
    'HI-15 ten thousand query fields',
    `GET /hello?${'a[]=1&'.repeat(1000)} HTTP/1.1\r\nHost: x`,
    [400, 414, 422],
  ],
  ['HI-14 __proto__ in the query', 'GET /hello?__proto__=1 HTTP/1.1\r\nHost: x', [200, 400, 422]],
  [
    'HI-14 __proto__ as cookie name',
    'GET /hello HTTP/1.1\r\nHost: x\r\nCookie: __proto__=1; constructor=2',
    [200],
  ],
  ['HI-19 NUL in the address', 'GET /hello?a=%00 HTTP/1.1\r\nHost: x', [400]],
  ['bad percent-encoding', 'GET /hello?a=%zz HTTP/1.1\r\nHost: x', [400]],
  ['an address of 20 kB', `GET /hello?a=${'a'.repeat(10_000)} HTTP/1.1\r\nHost: x`, [414]],
]

for (const [title, head, expected] of requests) {
  test(`${title} → ${expected.join(' or ')}`, async () => {
    const answer = await get(head)
    assert.ok(expected.includes(answer.status), `${answer.status}: ${answer.text.slice(0, 200)}`)
    assert.doesNotMatch(answer.text, /node:internal|at .*\.ts:/)
    assert.equal((await fetch(`${http.url}/hello`)).status, 200, 'others are served')
  })
}

test('HI-09 a request without a version line is not answered with content', async () => {
  const answer = await sendRaw(http.port, 'GET /hello\r\n\r\n', { patienceMs: 1500 })
  assert.doesNotMatch(answer.text, /hello$/)
})

const json = 'Content-Type: application/json'
const bodies: readonly [string, string, string, number][] = [
  ['HI-05 one byte over the limit', `${json}\r\nContent-Length: 1048577`, 'x', 413],
  [
    'HI-05 chunked over the limit',
    `${json}\r\nTransfer-Encoding: chunked`,
    `200000\r\n${'x'.repeat(2_097_152)}\r\n0\r\n\r\n`,
    413,
  ],
  [
    'HI-05 expect 100-continue over the limit',
    `${json}\r\nExpect: 100-continue\r\nContent-Length: 999999999`,
    '',
    413,
  ],
  ['HI-06 a gzip body', `${json}\r\nContent-Encoding: gzip\r\nContent-Length: 5`, 'xxxxx', 415],
  [
    'HI-06 an unknown encoding',
    `${json}\r\nContent-Encoding: zip, gzip\r\nContent-Length: 5`,
    'xxxxx',
    415,
  ],
  [
    'HI-16 CS-13 JSON as text/plain',
    'Content-Type: text/plain\r\nContent-Length: 12',
    '{"name":"a"}',
    415,
  ],
  [
    'HI-16 CS-14 a form',
    'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6',
    'name=a',
    415,
  ],
  [
    'HI-16 CS-16 a charset that is not UTF-8',
    'Content-Type: application/json; charset=utf-16\r\nContent-Length: 12',
    '{"name":"a"}',
    415,
  ],
  [
    'HI-16 CS-16 two types in one header',
    'Content-Type: text/plain; application/json\r\nContent-Length: 12',
    '{"name":"a"}',
    415,
  ],
  ['HI-16 an empty body', `${json}\r\nContent-Length: 0`, '', 400],
  [
    'HI-14 __proto__ in the body',
    `${json}\r\nContent-Length: 32`,
    '{"name":"a","__proto__":{"a":1}}',
    400,
  ],
  [
    'HI-11 33 levels of nesting in the body',
    `${json}\r\nContent-Length: 75`,
    `{"name":${'['.repeat(33)}${']'.repeat(33)}}`,
    400,
  ],
  [
    'HI-16 one key twice in the body',
    `${json}\r\nContent-Length: 23`,
    '{"name":"a","name":"b"}',
    400,
  ],
  [
    'HI-16 upper-case type is still JSON',
    'Content-Type: APPLICATION/JSON\r\nContent-Length: 12',
    '{"name":"a"}',
    200,
  ],
]

for (const [title, head, body, expected] of bodies) {
  test(`${title} → ${expected}`, async () => {
    const answer = await post(head, body)
    assert.equal(answer.status, expected, answer.text.slice(0, 300))
  })
}

test('HI-08 what reaches no hook is answered like everything else', async () => {
  const answer = await get('GET /hello HTTP/1.1\r\nHost : x')
  assert.match(answer.text, /^HTTP\/1\.1 400 Bad Request\r\n/)
  assert.match(answer.text, /content-type: application\/problem\+json/)
  for (const name of ['x-content-type-options', 'content-security-policy', 'x-request-id'])
    assert.match(answer.text, new RegExp(`\r\n${name}: `), name)
})

test('HI-06 the encoding that is none is taken in any spelling', async () => {
  const head = 'Content-Type: application/json\r\nContent-Encoding: Identity\r\nContent-Length: 12'
  assert.equal((await post(head, '{"name":"a"}')).status, 200)
})

test('HI-06 a gzip bomb is refused before it is unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const answer = await fetch(`${http.url}/echo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: bomb,
  })
  assert.equal(answer.status, 415)
})

test('HI-14 tests run with frozen prototypes: whatever reaches for one fails there, and nothing has', () => {
  assert.ok(Object.isFrozen(Object.prototype) && !Object.isExtensible(Array.prototype))
  for (const prototype of [Object.prototype, Array.prototype]) {
    assert.throws(() => Object.assign(prototype, { x: 1 }), TypeError)
    assert.deepEqual(Object.keys(prototype), [])
  }
  const before = String({})
  assert.throws(() => Object.assign(Object.prototype, { toString: () => 'evil' }), TypeError)
  assert.equal(String({}), before)
  const own = Object.assign({}, { toString: () => 'mine' })
  assert.equal(`${own}`, 'mine')
})

test('HI-01 slow headers are cut at the limit, others are served', async () => {
  await using impatient = await openHttp([echo], {
    settings: httpSettings.parse({ headers_timeout_ms: 1_000, request_timeout_ms: 1_500 }),
  })
  const slow = Array.from({ length: 200 }, () =>
    sendRaw(impatient.port, `GET /hello HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(500)}`, {
      msPerByte: 50,
      patienceMs: 20_000,
    }),
  )
  assert.equal((await fetch(`${impatient.url}/hello`)).status, 200)
  for (const answer of await Promise.all(slow)) {
    // Their headers take half a minute by themselves.
    assert.ok(answer.closedAfterMs < 15_000, `${answer.closedAfterMs}`)
    assert.ok([0, 408].includes(answer.status))
  }
})

test('HI-02 a slow body is cut at the limit', async () => {
  await using impatient = await openHttp([echo], {
    settings: httpSettings.parse({ headers_timeout_ms: 1_000, request_timeout_ms: 1_500 }),
  })
  const head = `POST /echo HTTP/1.1\r\nHost: x\r\n${json}\r\nContent-Length: 500\r\n\r\n`
  const answer = await sendRaw(impatient.port, head, { patienceMs: 20_000 })
  assert.ok(answer.closedAfterMs < 15_000, `${answer.closedAfterMs}`)
  assert.ok([0, 408].includes(answer.status))
})

test('HI-01 HI-02 HI-04 the default limits', () => {
  const defaults = httpSettings.parse({})
  assert.equal(defaults.headers_timeout_ms, 10_000)
  assert.equal(defaults.request_timeout_ms, 30_000)
  assert.equal(defaults.max_connections, 10_000)
  assert.equal(http.app.server.headersTimeout, 10_000)
  assert.equal(http.app.server.requestTimeout, 30_000)
  assert.equal(http.app.server.maxConnections, 10_000)
})

test('HI-03 a client that does not read is cut', async () => {
  await using impatient = await openHttp([echo], {
    settings: httpSettings.parse({ idle_socket_timeout_ms: 500 }),
  })
  const socket = connect(impatient.port, '127.0.0.1')
  socket.on('error', () => undefined)
  const arrived = once(impatient.app.server, 'connection')
  socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n')
  socket.pause()
  await arrived
  await until(async () => (await connections(impatient)) === 0)
  socket.destroy()
})

test('HI-10 a thousand pipelined requests are all answered', async () => {
  const one = 'GET /hello HTTP/1.1\r\nHost: x\r\n\r\n'
  const last = 'GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  const answer = await sendRaw(http.port, one.repeat(999) + last, { patienceMs: 60_000 })
  assert.equal(answer.text.match(/HTTP\/1\.1 200/g)?.length, 1000)
})

test('HI-22 a header cannot be injected through the request id', async () => {
  const answer = await get('GET /hello HTTP/1.1\r\nHost: x\r\nX-Request-ID: a%0d%0aSet-Cookie: x=1')
  assert.equal(answer.status, 200)
  assert.doesNotMatch(answer.text, /set-cookie/i)
})

function connections(harness: HttpHarness): Promise<number> {
  return new Promise((resolve, reject) => {
    harness.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}
