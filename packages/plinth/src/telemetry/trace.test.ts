import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTracer, telemetrySettings, traceContext } from './index.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

test('traceparent is read as W3C Trace Context says', () => {
  assert.deepEqual(traceContext({ traceparent: `00-${TRACE}-${SPAN}-01` }), {
    traceId: TRACE,
    spanId: SPAN,
    sampled: true,
  })
  assert.equal(traceContext({ traceparent: `00-${TRACE}-${SPAN}-00` })?.sampled, false)
  assert.equal(traceContext({ traceparent: `01-${TRACE}-${SPAN}-01-later` })?.traceId, TRACE)
})

test('anything else counts as absent', () => {
  const bad = [
    undefined,
    '',
    'x',
    `00-${TRACE}-${SPAN}`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\r\nx: y`,
    [`00-${TRACE}-${SPAN}-01`],
  ]
  for (const traceparent of bad)
    assert.equal(traceContext({ traceparent }), undefined, String(traceparent))
})

test('off, there is no tracer', async () => {
  assert.equal(await createTracer(telemetrySettings.parse({})), undefined)
})

test('OTEL_ENABLED without an SDK says so in one line, and work runs', async () => {
  const endpoint = 'http://localhost:4318'
  const tracer = await createTracer(
    telemetrySettings.parse({ otel_enabled: 'true', otel_exporter_otlp_endpoint: endpoint }),
  )
  assert.match(
    tracer?.announcement ?? '',
    /^OTEL_ENABLED is true, but no OpenTelemetry SDK is loaded, .* to http:\/\/localhost:4318: [^\n]+$/,
  )
  assert.equal(await tracer?.inSpan('x', { a: 1 }, async () => 7), 7)
  const failing = tracer?.inSpan('x', {}, () => Promise.reject(new Error('through')))
  await assert.rejects(failing ?? Promise.resolve(), /through/)
})
