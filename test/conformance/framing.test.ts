import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { open } from '../../packages/plinth/src/access/index.ts'
import { feature, route } from '../../packages/plinth/src/feature/index.ts'
import type { HttpHarness } from '../../packages/plinth/src/testing/http-harness.ts'
import { openHttp } from '../../packages/plinth/src/testing/http-harness.ts'
import { sendRaw } from '../../packages/plinth/src/testing/raw-http.ts'

const access = open('a test')
const echo = route('POST /echo', {
  access,
  body: z.strictObject({ name: z.string() }),
  returns: z.object({ name: z.string() }),
  handle: ({ body }) => body,
})
const secret = route('GET /second', { access, returns: z.string(), handle: () => 'second' })

let http: HttpHarness
before(async () => {
  http = await openHttp([feature('echo', { routes: [echo, secret] })])
})
after(() => http[Symbol.asyncDispose]())

const JSON_BODY = '{"name":"a"}'
const SECOND = 'GET /second HTTP/1.1\r\nHost: x\r\n\r\n'
const CHUNKED = `c\r\n${JSON_BODY}\r\n0\r\n\r\n`

/** Headers with which two parsers would see the body end at different places. */
const FRAMINGS: readonly (readonly [string, string])[] = [
  [`Content-Length: 12\r\nTransfer-Encoding: chunked`, CHUNKED],
  [`Transfer-Encoding: chunked\r\nContent-Length: 12`, CHUNKED],
  [`Content-Length: 12\r\nContent-Length: 13`, JSON_BODY],
  [`Content-Length: 12\r\nContent-Length: 12`, JSON_BODY],
  [`Content-Length: 12, 12`, JSON_BODY],
  [`Content-Length: +12`, JSON_BODY],
  [`Content-Length: -12`, JSON_BODY],
  [`Content-Length: 0x0c`, JSON_BODY],
  [`Content-Length: 1 2`, JSON_BODY],
  [`Content-Length: 12a`, JSON_BODY],
  [`Content-Length: `, JSON_BODY],
  [`Content-Length: 99999999999999999999`, JSON_BODY],
  [`Content-Length : 12`, JSON_BODY],
  [`Content-Length\t: 12`, JSON_BODY],
  [`Content-Length:\r\n 12`, JSON_BODY],
  [`Transfer-Encoding : chunked`, CHUNKED],
  [`Transfer-Encoding: xchunked`, CHUNKED],
  [`Transfer-Encoding: chunked, identity`, CHUNKED],
  [`Transfer-Encoding: chunked\r\nTransfer-Encoding: x`, CHUNKED],
  [`Transfer-Encoding: x\r\nTransfer-Encoding: cow`, CHUNKED],
  [`Transfer-Encoding: identity\r\nContent-Length: 12`, JSON_BODY],
  [`Transfer-Encoding:\x0bchunked`, CHUNKED],
  [`Transfer-Encoding: \x00chunked`, CHUNKED],
  [`Transfer-Encoding: "chunked"`, CHUNKED],
  [`Transfer-Encoding\r\n: chunked`, CHUNKED],
  [`X: y\rTransfer-Encoding: chunked`, CHUNKED],
  [`X: y\nTransfer-Encoding: chunked`, CHUNKED],
  [`\x00Transfer-Encoding: chunked`, CHUNKED],
  [`Transfer-Encoding: chunked`, `zz\r\n${JSON_BODY}\r\n0\r\n\r\n`],
  [`Transfer-Encoding: chunked`, `-c\r\n${JSON_BODY}\r\n0\r\n\r\n`],
  [`Transfer-Encoding: chunked`, `0xc\r\n${JSON_BODY}\r\n0\r\n\r\n`],
  [`Transfer-Encoding: chunked`, `ffffffffffffffffc\r\n${JSON_BODY}\r\n0\r\n\r\n`],
  [`Transfer-Encoding: chunked`, `c\r\n${JSON_BODY}XX0\r\n\r\n`],
  [`Transfer-Encoding: chunked`, `c\n${JSON_BODY}\n0\n\n`],
  [`Transfer-Encoding: chunked`, `c;a\rb\r\n${JSON_BODY}\r\n0\r\n\r\n`],
  [`Transfer-Encoding: chunked`, `c;a\nb\r\n${JSON_BODY}\r\n0\r\n\r\n`],
]

test('v5.0.0-V4.2.1 HI-08 a body whose end could be read in two ways is refused, and nothing after it is served', async () => {
  const answers = await Promise.all(
    FRAMINGS.map(([headers, body]) => {
      const head = `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}`
      return sendRaw(http.port, `${head}\r\n\r\n${body}${SECOND}`, { patienceMs: 2_000 })
    }),
  )
  for (const [at, { status, text }] of answers.entries()) {
    const what = JSON.stringify(FRAMINGS[at])
    assert.ok([400, 413].includes(status), `${what} → ${status} ${text.slice(0, 200)}`)
    assert.doesNotMatch(text, /\bsecond\b/, what)
    assert.match(text, /connection: close/i, what)
  }
})

test('v5.0.0-V4.2.1 a chunk extension changes neither body nor the request after it', async () => {
  const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json'
  const body = `c;name=value;x\r\n${JSON_BODY}\r\n0;last\r\n\r\n`
  const last = SECOND.replace('Host: x', 'Host: x\r\nConnection: close')
  const sent = `${head}\r\nTransfer-Encoding: chunked\r\n\r\n${body}${last}`
  const { text } = await sendRaw(http.port, sent)
  assert.equal(text.match(/HTTP\/1\.1 200/g)?.length, 2)
  assert.match(text, /"name":"a"[\s\S]*\bsecond$/)
})

test('v5.0.0-V4.2.3 v5.0.0-V4.2.4 HTTP/2 is not spoken: neither by its preface nor by an upgrade', async () => {
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00'
  const refused = await sendRaw(http.port, preface, { patienceMs: 2_000 })
  assert.equal(refused.status, 400)
  const upgrade =
    'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings'
  for (const more of [
    upgrade,
    upgrade.replace('h2c', 'websocket'),
    upgrade.replace('h2c', 'TLS/1.0'),
  ]) {
    const sent = `GET /second HTTP/1.1\r\nHost: x\r\n${more}\r\n\r\n`
    const { text } = await sendRaw(http.port, sent, { patienceMs: 1_000, end: true })
    assert.match(text, /^HTTP\/1\.1 200/)
    assert.doesNotMatch(text, /101 Switching|^upgrade:/im)
  }
})
