import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { templateWorld } from './browser-headers.ts'
import type { ServiceProcess } from './service-process.ts'
import { startProcess } from './service-process.ts'

const MEBIBYTE = 1_048_576
const STREAM_MB = 200
const MOST_GROWTH_MB = 60

let world: World
let service: ServiceProcess
before(async () => {
  world = await templateWorld()
  service = await startProcess({ world })
  await post('{}')
})
after(async () => {
  await service[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const post = (body: string) =>
  fetch(`${service.url}/large`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })

/** The most memory that the process ever had. */
async function peakMb(): Promise<number> {
  const { peakMb: peak } = (await (await post('{}')).json()) as { readonly peakMb: number }
  return peak
}

/** Sends a chunked body on and on, whatever the server says; answers what it said. */
function stream(encoding: string): Promise<{ readonly text: string; readonly sentMb: number }> {
  return new Promise((resolve) => {
    const socket = connect(service.port, '127.0.0.1')
    const chunk = `100000\r\n${'1'.repeat(MEBIBYTE)}\r\n`
    let [text, sentMb] = ['', 0]
    const more = () => {
      while (sentMb < STREAM_MB && !socket.destroyed) {
        sentMb += 1
        if (!socket.write(chunk)) return
      }
      if (sentMb >= STREAM_MB) socket.end('0\r\n\r\n')
    }
    socket.on('data', (bytes) => {
      text += bytes
    })
    socket.on('error', () => undefined).on('close', () => resolve({ text, sentMb }))
    socket.on('drain', more)
    socket.write(
      `POST /large HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${encoding}Transfer-Encoding: chunked\r\n\r\n`,
    )
    more()
  })
}

for (const [title, head] of [
  ['plain', ''],
  ['that expects 100-continue', 'Expect: 100-continue\r\n'],
] as const) {
  test(`HI-05 a chunked stream of ${STREAM_MB} MB, ${title}: 413 early, memory stays flat`, async () => {
    const start = await peakMb()
    const streams = Array.from({ length: 4 }, () => stream(head))
    for (const { text, sentMb } of await Promise.all(streams)) {
      assert.ok(sentMb < STREAM_MB, `it took ${sentMb} MB`)
      // The answer may be lost to the reset that follows it; what went before it may not.
      const answer = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
      if (answer !== '') assert.match(answer, /^HTTP\/1\.1 413/)
    }
    const growth = (await peakMb()) - start
    assert.ok(growth < MOST_GROWTH_MB, `${growth} MB`)
  })
}

test('HI-12 objects with too many keys, again and again: 400 or 413, memory stays flat', async () => {
  const keys = (count: number) =>
    `{${Array.from({ length: count }, (_, at) => `"k${at}":1`).join(',')}}`
  const start = await peakMb()
  const [large, larger] = [keys(60_000), keys(200_000)]
  for (let round = 0; round < 10; round += 1) {
    assert.equal((await post(large)).status, 400)
    assert.equal((await post(larger)).status, 413)
  }
  const growth = (await peakMb()) - start
  assert.ok(growth < MOST_GROWTH_MB, `${growth} MB`)
})
