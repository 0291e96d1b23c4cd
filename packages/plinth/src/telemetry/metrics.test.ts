import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../kernel/index.ts'
import { createMetrics, metricsAccess } from './index.ts'

test('requests, errors and durations are counted by method, route template and status', async () => {
  const metrics = createMetrics({ process: false })
  metrics.observeRequest({ method: 'GET', route: '/products/:id', status: 200, seconds: 0.02 })
  metrics.observeRequest({ method: 'GET', route: '/products/:id', status: 503, seconds: 0.02 })
  metrics.observeRequest({ method: 'BREW', route: undefined, status: 404, seconds: 0.02 })
  const page = await metrics.text()
  assert.match(page, /http_requests_total\{method="GET",path="\/products\/:id",status="200"\} 1/)
  assert.match(page, /http_requests_total\{method="OTHER",path="none",status="404"\} 1/)
  assert.match(
    page,
    /http_request_errors_total\{method="GET",path="\/products\/:id",status="503"\} 1/,
  )
  assert.doesNotMatch(page, /http_request_errors_total\{[^}]*status="404"/)
  assert.match(page, /http_request_duration_seconds_bucket\{le="0.025",[^}]*status="200"\} 1/)
})

test('jobs, unsafe choices and lost log lines are shown', async () => {
  const metrics = createMetrics({ process: false, droppedLines: () => 7 })
  metrics.observeJob({ task: 'product.restock', status: 'failed', seconds: 2 })
  metrics.unsafeChoice('tenancy')
  const page = await metrics.text()
  assert.match(page, /job_duration_seconds_count\{task="product.restock",status="failed"\} 1/)
  assert.match(page, /plinth_unsafe_choice\{setting="tenancy"\} 1/)
  assert.match(page, /plinth_log_lines_dropped_total 7/)
  assert.match(await metrics.text(), /plinth_log_lines_dropped_total 7/)
})

test('the process shows itself, its event loop included, and two registries do not meet', async () => {
  const [first, second] = [createMetrics(), createMetrics()]
  assert.match(await first.text(), /nodejs_eventloop_lag_seconds/)
  assert.match(await second.text(), /process_resident_memory_bytes/)
  assert.match(first.contentType, /^text\/plain; version=0\.0\.4/)
})

test('with METRICS_TOKEN only its bearer reads the metrics, from anywhere', () => {
  const token = new Secret('a-token-of-16-chars')
  assert.equal(metricsAccess(token, 'Bearer a-token-of-16-chars', '203.0.113.9'), 'allowed')
  for (const header of [
    undefined,
    '',
    'Bearer ',
    'Bearer a-token-of-16-charx',
    'Basic a-token-of-16-chars',
    'a-token-of-16-chars',
  ]) {
    assert.equal(metricsAccess(token, header, '127.0.0.1'), 'unauthorized', String(header))
  }
})

test('without METRICS_TOKEN only this machine reads the metrics', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    assert.equal(metricsAccess(undefined, undefined, address), 'allowed', address)
  }
  for (const address of ['10.0.0.1', '127.evil.test', '::2', '::ffff:10.0.0.1', '']) {
    assert.equal(metricsAccess(undefined, 'Bearer x', address), 'forbidden', address)
  }
})
