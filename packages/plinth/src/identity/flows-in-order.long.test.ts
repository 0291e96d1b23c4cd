import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId, newToken } from '../kernel/index.ts'
import type { Person } from '../testing/person.ts'
import type { MfaWorld } from './mfa/mfa.fixture.ts'
import { openMfa } from './mfa/mfa.fixture.ts'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa()
})
after(() => mfa[Symbol.asyncDispose]())

const NEW = 'a ferry full of violins'
/** Later steps, each without the one before it: what is sent, and what is answered. */
const steps: readonly (readonly [path: string, body: () => object, status: number])[] = [
  ['/auth/web/mfa', () => ({ mfa_token: newToken(), code: '123456' }), 401],
  ['/auth/web/mfa', () => ({ code: '123456' }), 401],
  ['/auth/mfa/verify', () => ({ mfa_token: newToken(), code: '123456' }), 401],
  ['/auth/mfa/enrolment', () => ({ mfa_token: newToken(), kind: 'totp' }), 401],
  ['/auth/password-reset', () => ({ token: newToken(), new_password: NEW }), 401],
  ['/auth/verify-email', () => ({ token: newToken(), password: NEW }), 401],
  ['/auth/invitations/accept', () => ({ token: newToken(), password: NEW }), 400],
  ['/auth/refresh', () => ({ refresh_token: newToken() }), 401],
]

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated']

for (const [path, body, status] of steps) {
  test(`v5.0.0-V2.3.1 POST ${path} with ${Object.keys(body())} and no step before it signs nobody in`, async () => {
    const stranger = mfa.browser()
    const answer = await stranger.post(path, body())
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    assert.equal(await isSignedIn(stranger), false)
  })
}

test('v5.0.0-V2.3.1 a callback of a sign-in that nobody began signs nobody in', async () => {
  const stranger = mfa.browser()
  await stranger.get(`/auth/web/callback?code=x&state=${newToken()}`)
  assert.equal(await isSignedIn(stranger), false)
})

test('v5.0.0-V2.3.1 who is signed in confirms nothing that they did not begin', async () => {
  const { browser } = await mfa.logIn(await mfa.account())
  const method = { method_id: newId(), code: '123456' }
  assert.equal((await browser.post('/auth/mfa/confirm', method)).status, 404)
  const change = { token: newToken() }
  assert.equal((await browser.post('/auth/email-change/confirm', change)).status, 401)
  const list = await browser.get('/auth/mfa')
  assert.deepEqual(list.body['methods'], [])
})
