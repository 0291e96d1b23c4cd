import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { open } from '../access/index.ts'
import { feature, job, route } from '../feature/index.ts'
import type { Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

const spans = new InMemorySpanExporter()
const restock = job('shop.restock', { handle: async () => {} })
const shop = feature('shop', {
  jobs: [restock],
  routes: [
    route('GET /things/:id', {
      access: open('a test'),
      handle: async () => {
        await trace.getTracer('shop').startActiveSpan('inside', async (span) => span.end())
      },
    }),
    route('POST /restock', {
      access: open('a test'),
      tenant: 'required',
      status: 202,
      handle: ({ db }) => db.transaction((tx) => restock.enqueue(tx, {})),
    }),
    route('GET /broken', {
      access: open('a test'),
      handle: async () => {
        throw new Error('password=hunter22')
      },
    }),
  ],
})

let world: World
let ana: Person
before(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
  )
  world = await startWorld({ features: [shop], settings: { 'telemetry.otel_enabled': true } })
  ana = await world.signIn('ana')
})
after(async () => {
  await world[Symbol.asyncDispose]()
  // Other tests of this process have no SDK.
  trace.disable()
  context.disable()
})
beforeEach(() => spans.reset())

/** The span ends when the answer has left, which its reader may see first. */
async function spanNamed(name: string): Promise<ReadableSpan> {
  for (let round = 0; round < 200; round += 1) {
    const found = spans.getFinishedSpans().find((span) => span.name === name)
    if (found !== undefined) return found
    await pause(10)
  }
  return assert.fail(`${name} is not among ${spans.getFinishedSpans().map((span) => span.name)}`)
}

test('a request is a span below its caller, and what the handler opens is below it', async () => {
  const traceparent = `00-${TRACE}-${SPAN}-01`
  await world.visitor().get('/things/secret-in-path', { traceparent })
  const request = await spanNamed('GET /things/:id')
  assert.equal(request.kind, SpanKind.SERVER)
  assert.equal(request.spanContext().traceId, TRACE)
  assert.equal(request.parentSpanContext?.spanId, SPAN)
  assert.deepEqual(request.attributes, {
    'http.request.method': 'GET',
    'http.route': '/things/:id',
    'http.response.status_code': 204,
  })
  assert.equal((await spanNamed('inside')).parentSpanContext?.spanId, request.spanContext().spanId)
  assert.doesNotMatch(JSON.stringify(request.attributes) + request.name, /secret/)
})

test('a refusal is a span without an error, a failure one with an error and without its text', async () => {
  await world.visitor().get('/nowhere')
  assert.equal((await spanNamed('GET')).status.code, SpanStatusCode.UNSET)
  await world.visitor().get('/broken')
  const failed = await spanNamed('GET /broken')
  assert.equal(failed.status.code, SpanStatusCode.ERROR)
  assert.doesNotMatch(JSON.stringify([failed.attributes, failed.status, failed.events]), /hunter22/)
})

test('an attempt of a job is a span', async () => {
  assert.equal((await ana.post('/restock', {})).status, 202)
  await world.drainJobs()
  const attempt = await spanNamed('job shop.restock')
  assert.deepEqual(attempt.attributes, { 'plinth.job': 'shop.restock' })
})
