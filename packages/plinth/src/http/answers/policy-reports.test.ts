import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { HttpHarness } from '../../testing/http-harness.ts'
import { openHttp } from '../../testing/http-harness.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import { policyReportsFeature } from './policy-reports.ts'

const clock = createTestClock()
const logged: string[] = []
const log = {
  warn: (facts: object, message = '') => void logged.push(message + JSON.stringify(facts)),
}

let http: HttpHarness
before(async () => {
  http = await openHttp([policyReportsFeature({ clock, log, perMinute: 5 })])
})
after(() => http[Symbol.asyncDispose]())

const OLD = 'application/csp-report'
const NEW = 'application/reports+json'

async function report(body: unknown, type = OLD, headers: Record<string, string> = {}) {
  clock.advance(60_000)
  logged.length = 0
  return post(body, type, headers)
}

async function post(body: unknown, type = OLD, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const sent = { method: 'POST', headers: { 'content-type': type, ...headers }, body: text }
  return (await fetch(`${http.url}/csp-reports`, sent)).status
}

const violation = (more: object = {}) => ({
  'csp-report': { 'effective-directive': 'script-src-elem', 'blocked-uri': 'inline', ...more },
})

test('v5.0.0-V3.4.7 a report of either form becomes one line of the log, without queries', async () => {
  const page = 'https://app.example/reset?token=hunter2#secret'
  assert.equal(await report(violation({ 'document-uri': page })), 204)
  assert.equal(logged.length, 1)
  assert.match(logged[0] ?? '', /"page":"https:\/\/app\.example\/reset"/)
  assert.doesNotMatch(logged[0] ?? '', /hunter2|secret/)
  const body = {
    effectiveDirective: 'img-src',
    documentURL: page,
    blockedURL: 'https://evil.test/x?y',
  }
  assert.equal(await report([{ type: 'csp-violation', body }, { type: 'deprecation' }], NEW), 204)
  assert.deepEqual(
    logged.map((line) => /"blocked":"[^"]*"/.exec(line)?.[0]),
    ['"blocked":"https://evil.test/x"'],
  )
})

test('v5.0.0-V3.4.7 reports beyond the limit of a minute are refused and not logged', async () => {
  clock.advance(60_000)
  logged.length = 0
  const answers: number[] = []
  for (let count = 0; count < 8; count += 1) answers.push(await post(violation()))
  assert.deepEqual(answers, [204, 204, 204, 204, 204, 429, 429, 429])
  assert.equal(logged.length, 5)
  assert.equal(await report(violation()), 204, 'the next minute begins anew')
  assert.equal(
    await report(
      Array.from({ length: 100 }, () => ({ body: violation()['csp-report'] })),
      NEW,
    ),
    429,
  )
  assert.ok(logged.length <= 5)
})

test('v5.0.0-V3.4.7 a large, broken or empty report is refused or dropped, and facts are cut', async () => {
  assert.equal(await report('x'.repeat(20_000)), 413)
  assert.equal(await report('{'), 400)
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
    assert.equal(await report(violation(), type), 415, type)
  }
  for (const nothing of [
    'null',
    '1',
    '[]',
    '{}',
    '[null]',
    '{"csp-report":null}',
    '{"csp-report":[]}',
  ]) {
    assert.equal(await report(nothing, NEW), 204, nothing)
    assert.equal(logged.length, 0, nothing)
  }
  const odd = violation({ 'blocked-uri': `a\n${'b'.repeat(900)}`, 'source-file': { toString: 1 } })
  assert.equal(await report(odd), 204)
  assert.ok((logged[0] ?? '').length < 500)
})

test('v5.0.0-V3.4.7 a report needs no token and counts for nobody, with a cookie and from anywhere', async () => {
  const headers = { cookie: 'user_session_id=x', origin: 'null', 'sec-fetch-mode': 'no-cors' }
  assert.equal(await report(violation(), OLD, headers), 204)
  assert.equal((await fetch(`${http.url}/csp-reports`)).status, 405)
})
