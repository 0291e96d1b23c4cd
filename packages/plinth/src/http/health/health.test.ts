import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../kernel/index.ts'
import { openHttp } from '../../testing/http-harness.ts'
import { healthFeature } from './health.ts'

const base = { environment: 'test', clock: systemClock, draining: () => false }
const ok = async () => undefined
const down = async () => {
  throw new Error('connect ECONNREFUSED postgres://user:hunter2@db')
}
const json = async (url: string) => {
  const answer = await fetch(url)
  return [answer.status, await answer.json()]
}

test('contract 21: alive is 200 whatever is down; ready names what is missing and leaks nothing', async () => {
  const checks = [
    { name: 'database', critical: true, check: down },
    { name: 'redis', critical: false, check: down },
    { name: 'temporal', critical: false },
  ]
  await using http = await openHttp([healthFeature({ ...base, checks })])
  assert.deepEqual(await json(`${http.url}/health`), [200, { status: 'ok' }])
  assert.deepEqual(await json(`${http.url}/health/live`), [200, { status: 'ok' }])
  assert.deepEqual(await json(`${http.url}/health/ready`), [
    503,
    {
      status: 'not_ready',
      environment: 'test',
      checks: {
        database: { status: 'unhealthy' },
        redis: { status: 'degraded' },
        temporal: { status: 'disabled' },
      },
    },
  ])
  assert.deepEqual(await json(`${http.url}/health/database`), [503, { status: 'unhealthy' }], 'B15')
  assert.deepEqual(await json(`${http.url}/health/redis`), [503, { status: 'degraded' }])
  assert.deepEqual(await json(`${http.url}/health/temporal`), [200, { status: 'disabled' }])
})

test('a lost dependency that is not critical leaves the process ready', async () => {
  const checks = [
    { name: 'database', critical: true, check: ok },
    { name: 'redis', critical: false, check: down },
  ]
  await using http = await openHttp([healthFeature({ ...base, checks })])
  assert.equal((await fetch(`${http.url}/health/ready`)).status, 200)
})

test('a draining process is alive and not ready', async () => {
  await using http = await openHttp([healthFeature({ ...base, checks: [], draining: () => true })])
  assert.equal((await fetch(`${http.url}/health/ready`)).status, 503)
  assert.equal((await fetch(`${http.url}/health/live`)).status, 200)
})

test('a check that hangs is unhealthy in bounded time, and is asked once a second at most', async () => {
  let asked = 0
  const hang = () => {
    asked++
    return new Promise<void>(() => undefined)
  }
  const checks = [{ name: 'database', critical: true, check: hang }]
  await using http = await openHttp([healthFeature({ ...base, checks, timeoutMs: 100 })])
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => fetch(`${http.url}/health/ready`)),
  )
  assert.ok(answers.every((answer) => answer.status === 503))
  assert.equal(asked, 1)
})
