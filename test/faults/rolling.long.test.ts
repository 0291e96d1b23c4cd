import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../packages/plinth/src/dev/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { openBalancer } from './balancer.ts'
import { browserHeaders, templateWorld } from './browser-headers.ts'
import type { ServiceProcess } from './service-process.ts'
import { startProcess } from './service-process.ts'

let world: World
before(async () => {
  world = await templateWorld()
})
after(() => world[Symbol.asyncDispose]())

test('FI-03 two processes replaced one after the other under load: no failed request', async () => {
  const ports = [await freePort(), await freePort()] as const
  const settings = { http: { drain_delay_ms: 4_000 } }
  const start = (port: number) => startProcess({ world, port, settings })
  const ana = await world.signIn('ana')
  const headers = await browserHeaders(world, ana)
  const client = openBalancer(ports)
  const services: ServiceProcess[] = [await start(ports[0]), await start(ports[1])]
  const answers: (number | string)[] = []
  await client.allReady()
  let stop = false
  const paths = ['/api/v1/products', '/auth/web/me', '/slow?ms=120']
  const callers = Array.from({ length: 8 }, async (_, at) => {
    const path = paths[at % paths.length] ?? '/'
    while (!stop) answers.push((await client.call({ path, headers })).status)
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
