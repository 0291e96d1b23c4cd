import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { browserHeaders, templateWorld } from './browser-headers.ts'
import type { ServiceProcess } from './service-process.ts'
import { freePort, startProcess } from './service-process.ts'

let world: World
before(async () => {
  world = await templateWorld()
})
after(() => world[Symbol.asyncDispose]())

/**
 * A client as a load balancer is one: keep-alive, and another process only when refused. Its
 * connections are always in use: one that idles until it is closed can cross with its next request.
 */
function balancer(ports: readonly number[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  let turn = 0
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
  return {
    async get(path: string, headers: object): Promise<number | string> {
      turn += 1
      const first = turn
      for (let hop = 0; hop < ports.length; hop += 1) {
        const port = ports[(first + hop) % ports.length] ?? 0
        const answer = await call(port, path, headers)
        if (answer !== 'ECONNREFUSED') return answer
      }
      return 'refused by all'
    },
    close: () => agent.destroy(),
  }
}

test('FI-03 two processes replaced one after the other under load: no failed request', async () => {
  const ports = [await freePort(), await freePort()] as const
  const settings = { http: { drain_delay_ms: 400 } }
  const start = (port: number) => startProcess({ world, port, settings })
  const ana = await world.signIn('ana')
  const headers = await browserHeaders(world, ana)
  const client = balancer(ports)
  const services: ServiceProcess[] = [await start(ports[0]), await start(ports[1])]
  const answers: (number | string)[] = []
  let stop = false
  const paths = ['/api/v1/products', '/auth/web/me', '/slow?ms=120']
  const callers = Array.from({ length: 8 }, async (_, at) => {
    while (!stop) answers.push(await client.get(paths[at % paths.length] ?? '/', headers))
  })
  for (const [at, port] of ports.entries()) {
    await new Promise((done) => setTimeout(done, 300))
    services[at]?.child.kill('SIGTERM')
    assert.equal(await services[at]?.ended, 0)
    services[at] = await start(port)
  }
  await new Promise((done) => setTimeout(done, 300))
  stop = true
  await Promise.all(callers)
  client.close()
  for (const service of services) await service[Symbol.asyncDispose]()
  assert.ok(answers.length > 100, `${answers.length} requests`)
  assert.deepEqual(
    answers.filter((answer) => answer !== 200),
    [],
  )
})
