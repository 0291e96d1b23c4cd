import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Person } from '../../testing/person.ts'
import type { MfaWorld } from './mfa.fixture.ts'
import { openMfa, otherThan } from './mfa.fixture.ts'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa()
})
after(() => mfa[Symbol.asyncDispose]())

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated']

test('MF-11 a password alone gives no session to whoever has a factor; the code of the app does', async () => {
  const { who, secret } = await mfa.withApp()
  const { browser, answer, token } = await mfa.logIn(who)
  assert.equal(answer.status, 200)
  assert.equal(answer.body['mfa_required'], true)
  assert.deepEqual(answer.body['mfa_methods'], ['totp', 'recovery'])
  assert.equal(await isSignedIn(browser), false)
  const done = await browser.post('/auth/web/mfa', { mfa_token: token, code: mfa.codeOf(secret) })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  assert.equal(await isSignedIn(browser), true)
  const [row] = await mfa.sql<{ amr: string[]; acr: string }>(
    `select amr, acr from plinth.sessions where person_id = $1 order by created_at desc limit 1`,
    [who.person],
  )
  assert.deepEqual(row, { amr: ['pwd', 'otp'], acr: 'aal2' })
})
