import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { open } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import { httpSettings } from '../http/index.ts'
import { systemClock } from '../kernel/index.ts'
import { createLog, createMetrics, loggingSettings } from '../telemetry/index.ts'
import type { Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import { until } from '../testing/until.ts'
import { createObserver } from './observe.ts'

const things = feature('things', {
  routes: [
    route('GET /things/:id', {
      access: open('a test'),
      query: { note: z.string().optional() },
      handle: () => undefined,
    }),
  ],
})

let world: World
let ana: Person
before(async () => {
  world = await startWorld({ features: [things], settings: { 'http.log_requests': 'all' } })
  ana = await world.signIn('ana')
})
after(() => world[Symbol.asyncDispose]())

const linesOf = (requestId: string) =>
  world.logged
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter((event) => event['request_id'] === requestId)

test('21 a request leaves one line: its id, route, status, time, address and person, and nothing of its address line', async () => {
  const answer = await ana.get('/things/7?note=private', { 'x-request-id': 'asked-21' })
  assert.equal(answer.headers.get('x-request-id'), 'asked-21', 'taken over and told')
  await until(() => linesOf('asked-21').length > 0)
  const [line, ...more] = linesOf('asked-21')
  assert.deepEqual(more, [])
  const { timestamp, duration_ms, client_ip, actor_id, ...rest } = line ?? {}
  assert.ok(!Number.isNaN(Date.parse(String(timestamp))))
  assert.ok(Number(duration_ms) >= 0)
  assert.match(String(client_ip), /^[\d.:a-f]+$/)
  assert.match(String(actor_id), /^[\da-f]{8}-[\da-f]{4}-7/)
  assert.deepEqual(rest, {
    level: 'info',
    message: 'request completed',
    request_id: 'asked-21',
    method: 'GET',
    path: '/things/:id',
    status: 204,
  })
})

test('21 a request id that is none, or none at all, is replaced by one of ours', async () => {
  for (const given of [undefined, 'x'.repeat(129), 'a b']) {
    const headers: Record<string, string> = given === undefined ? {} : { 'x-request-id': given }
    const told = (await ana.get('/things/7', headers)).headers.get('x-request-id')
    assert.match(told ?? '', /^[\da-f]{8}-[\da-f]{4}-7/)
  }
})

test('21 /metrics counts a request by the template of its route, never by its address', async () => {
  await ana.get('/things/8')
  const url = `${world.url}/metrics`
  const counted = /^http_requests_total\{method="GET",path="\/things\/:id",status="204"\} \d+$/m
  await until(async () => counted.test(await (await fetch(url)).text()))
  assert.doesNotMatch(await (await fetch(url)).text(), /things\/8/)
})

test('http.log_requests: slow, all or none leave a line; each request is counted', async () => {
  const slow = { status: 200, durationMs: 2_000 }
  const failed = { status: 503, durationMs: 1 }
  const quick = { status: 404, durationMs: 1 }
  for (const [which, logged] of [
    ['all', [200, 503, 404]],
    ['slow', [200, 503]],
    ['none', []],
  ] as const) {
    const said: unknown[] = []
    const log = createLog({
      settings: loggingSettings.parse({ file: null }),
      clock: systemClock,
      stream: { write: (line) => said.push(JSON.parse(line).status) },
    })
    const metrics = createMetrics({ process: false })
    const settings = httpSettings.parse({ log_requests: which, slow_request_ms: 2_000 })
    const observe = createObserver(settings, log, metrics)
    for (const one of [slow, failed, quick])
      observe({
        ...one,
        requestId: 'r',
        method: 'GET',
        path: '/x',
        clientAddress: null,
        person: null,
      })
    assert.deepEqual(said, logged, which)
    assert.equal((await metrics.text()).match(/^http_requests_total\{/gm)?.length, 3)
  }
})
