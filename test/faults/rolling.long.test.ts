import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../packages/plinth/src/dev/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { browserHeaders, templateWorld } from './browser-headers.ts'
import type { ServiceProcess } from './service-process.ts'
import { startProcess } from './service-process.ts'

let world: World
before(async () => {
  world = await templateWorld()
})
after(() => world[Symbol.asyncDispose]())

/**
 * A client as a load balancer is one: keep-alive, and it asks each process every 50 ms whether it
 * is ready and calls only those that were. A connection that arrives in the very moment a socket
 * closes is reset by the kernel, so `http.drain_delay_ms` must outlast the time between two asks.
 */
function balancer(ports: readonly number[]) {
  const agent = new Agent({ keepAlive: true })
  const call = (port: number, path: string, headers: object): Promise<number | string> =>
    new Promise((resolve) => {
      const options = { agent, port, path, host: '127.0.0.1', headers: { ...headers } }
      request(options, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
        answer.on('error', (error) => resolve(error.message))
      })
        .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
        .end()
    })
  let ready: readonly number[] = []
  let turn = 0
  let closed = false
  const asking = (async () => {
    while (!closed) {
      const answers = await Promise.all(ports.map((port) => call(port, '/health/ready', {})))
      ready = ports.filter((_, at) => answers[at] === 200)
      await pause(50)
    }
  })()
  return {
    async allReady(): Promise<void> {
      while (ready.length < ports.length) await pause(50)
    },
    async get(path: string, headers: object): Promise<number | string> {
      turn += 1
      const port = ready[turn % ready.length]
      return port === undefined ? 'none is ready' : call(port, path, headers)
    },
    async close(): Promise<void> {
      closed = true
      await asking
      agent.destroy()
    },
  }
}

test('FI-03 two processes replaced one after the other under load: no failed request', async () => {
  const ports = [await freePort(), await freePort()] as const
  const settings = { http: { drain_delay_ms: 2_000 } }
  const start = (port: number) => startProcess({ world, port, settings })
  const ana = await world.signIn('ana')
  const headers = await browserHeaders(world, ana)
  const client = balancer(ports)
  const services: ServiceProcess[] = [await start(ports[0]), await start(ports[1])]
  const answers: (number | string)[] = []
  await client.allReady()
  let stop = false
  const paths = ['/api/v1/products', '/auth/web/me', '/slow?ms=120']
  const callers = Array.from({ length: 8 }, async (_, at) => {
    while (!stop) answers.push(await client.get(paths[at % paths.length] ?? '/', headers))
  })
  for (const [at, port] of ports.entries()) {
    await client.allReady()
    await pause(300)
    services[at]?.child.kill('SIGTERM')
    assert.equal(await services[at]?.ended, 0)
    services[at] = await start(port)
  }
  await pause(300)
  stop = true
  await Promise.all(callers)
  await client.close()
  for (const service of services) await service[Symbol.asyncDispose]()
  assert.ok(answers.length > 100, `${answers.length} requests`)
  assert.deepEqual(
    answers.filter((answer) => answer !== 200),
    [],
  )
})
