import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { test } from 'node:test'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { HttpHarness } from '../../testing/http-harness.ts'
import { openHttp } from '../../testing/http-harness.ts'
import { until } from '../../testing/until.ts'
import { httpSettings } from '../index.ts'

/** Requests that are answered when the test says so. */
function openOven(mostSockets: number) {
  const done = Promise.withResolvers<void>()
  let baking = 0
  const oven = feature('oven', {
    routes: [
      route('GET /hello', { access: open('test'), returns: z.string(), handle: () => 'hello' }),
      route('GET /bake', {
        access: open('test'),
        returns: z.string(),
        handle: async () => {
          baking += 1
          await done.promise
          return 'cake'
        },
      }),
    ],
  })
  const settings = httpSettings.parse({ max_connections: mostSockets })
  const http = openHttp([oven], { settings })
  return { http, finish: done.resolve, baking: () => baking }
}

/** Sockets in the order in which the server took them. */
async function idleSockets({ port }: HttpHarness, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined).resume()
    sockets.push(socket)
    await until(() => !socket.connecting)
  }
  return sockets
}

test('HI-04 sockets that ask for nothing keep nobody out: whoever comes takes the place of the oldest', async () => {
  await using http = await openOven(5).http
  const idle = await idleSockets(http, 12)
  const closed = () => idle.map(({ closed }) => closed)
  await until(() => closed().filter(Boolean).length === 8)
  assert.deepEqual(closed(), [...Array(8).fill(true), ...Array(4).fill(false)])
  for (let call = 0; call < 3; call += 1) {
    const answer = await fetch(`${http.url}/hello`, { headers: { connection: 'close' } })
    assert.equal(answer.status, 200)
  }
  for (const socket of idle) socket.destroy()
})

test('HI-04 whoever has just been answered is not the oldest', async () => {
  await using http = await openOven(3).http
  const [asking, silent] = await idleSockets(http, 2)
  let heard = ''
  asking?.on('data', (bytes) => {
    heard += bytes
  })
  asking?.write('GET /hello HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => heard.includes('hello'))
  const [third] = await idleSockets(http, 1)
  await until(() => silent?.closed === true)
  asking?.write('GET /hello HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => heard.split('hello').length > 2)
  for (const socket of [asking, third]) socket?.destroy()
})

test('HI-04 a socket at work is never closed for another: where all are, the next is refused', async () => {
  const { http: opening, finish, baking } = openOven(3)
  await using http = await opening
  const { agent, cakes } = await orderThree(http, baking)
  const [refused] = await idleSockets(http, 1)
  await until(() => refused?.closed === true)
  finish()
  assert.deepEqual(await Promise.all(cakes), ['cake', 'cake', 'cake'])
  agent.destroy()
})

test('HI-04 a socket is at work until the last of its pipelined requests is answered', async () => {
  const { http: opening, finish, baking } = openOven(2)
  await using http = await opening
  const [pipelined] = await idleSockets(http, 1)
  let heard = ''
  pipelined?.on('data', (bytes) => {
    heard += bytes
  })
  const one = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
  pipelined?.write(one('/hello') + one('/bake'))
  await until(() => heard.includes('hello') && baking() === 1)
  const [other] = await idleSockets(http, 1)
  const [third] = await idleSockets(http, 1)
  await until(() => third?.closed === true || other?.closed === true)
  finish()
  await until(() => heard.includes('cake'))
  for (const socket of [pipelined, other, third]) socket?.destroy()
})

test('HI-04 sockets that were at work when the last one was taken make room once they are idle', async () => {
  const { http: opening, finish, baking } = openOven(3)
  await using http = await opening
  const { agent, cakes } = await orderThree(http, baking)
  finish()
  await Promise.all(cakes)
  // Two of them are kept alive; the third has made room.
  await until(async () => (await connections(http)) === 2)
  const answer = await fetch(`${http.url}/hello`, { headers: { connection: 'close' } })
  assert.equal(answer.status, 200)
  agent.destroy()
})

test('HI-04 a socket that speaks another protocol is none that asks for nothing', async () => {
  await using http = await openOven(2).http
  http.app.server.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
    socket.pipe(socket)
  })
  const [talking] = await idleSockets(http, 1)
  let heard = ''
  talking?.on('data', (bytes) => {
    heard += bytes
  })
  talking?.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
  await until(() => heard.includes('101'))
  const [silent] = await idleSockets(http, 1)
  await idleSockets(http, 1)
  await until(() => silent?.closed === true)
  talking?.write('still here')
  await until(() => heard.includes('still here'))
  talking?.destroy()
})

/** Three requests at work, each on a socket of its own that is kept alive. */
async function orderThree({ url }: HttpHarness, baking: () => number) {
  const agent = new Agent({ keepAlive: true })
  const cakes: Promise<string>[] = []
  while (cakes.length < 3) {
    cakes.push(ask(`${url}/bake`, agent))
    await until(() => baking() === cakes.length)
  }
  return { agent, cakes }
}

function connections({ app }: HttpHarness): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, async (answer) => {
      resolve(Buffer.concat(await answer.toArray()).toString())
    }).on('error', reject)
  })
}
