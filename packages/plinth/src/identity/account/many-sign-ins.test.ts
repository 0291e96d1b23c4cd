import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openAccounts } from './accounts.fixture.ts'

test('MF-41 FI-39 with the pool and its queue full one more sign-in is a 503 with Retry-After; other routes answer, and later everybody gets in', async () => {
  await using accounts = await openAccounts({
    'accounts.password.hash_threads': 1,
    'accounts.password.hash_queue': 4,
  })
  const { email, password } = await accounts.account()
  const signIn = (at: number) =>
    accounts.at(`198.51.100.${at}`).post('/auth/web/login', { username: email, password })
  const visitor = accounts.at('192.0.2.1')
  const [answers, others] = await Promise.all([
    Promise.all(Array.from({ length: 100 }, (_, at) => signIn(at))),
    Promise.all(Array.from({ length: 20 }, () => visitor.get('/auth/web/me'))),
  ])
  const statuses = answers.map(({ status }) => status)
  assert.deepEqual([...new Set(statuses)].sort(), [200, 503])
  const busy = answers.find(({ status }) => status === 503)
  assert.equal(busy?.headers.get('retry-after'), '2')
  assert.equal(busy?.body['code'], 'auth.busy')
  assert.ok(others.every(({ status }) => status === 200))
  assert.equal((await signIn(200)).status, 200)
  const [counted] = await accounts.sql(
    "select count(*)::int as n from plinth.audit_events where action = 'auth.sign_in'",
  )
  const looked = statuses.filter((status) => status === 200).length + 1
  assert.deepEqual(counted, { n: looked }, 'who was sent away left no work behind')
})
