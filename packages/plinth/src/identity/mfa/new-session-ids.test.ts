import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Answer, Person } from '../../testing/person.ts'
import type { MfaWorld, WithApp } from './mfa.fixture.ts'
import { openMfa } from './mfa.fixture.ts'

const COOKIE = 'user_session_id'
const NEXT = 'another day, another word'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa()
})
after(() => mfa[Symbol.asyncDispose]())

/** A browser that has the same cookies now. */
function copyOf(person: Person): Person {
  const copy = mfa.browser()
  for (const [name, value] of person.cookies) copy.cookies.set(name, value)
  return copy
}

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated'] === true

/** Whatever changes what a session is worth, done in its browser. */
const CHANGES: readonly (readonly [title: string, change: (app: WithApp) => Promise<Answer>])[] = [
  ['a refresh', ({ browser }) => browser.post('/auth/web/refresh')],
  [
    'a step-up',
    ({ browser, secret }) => browser.post('/auth/web/step-up', { code: mfa.codeOf(secret) }),
  ],
  [
    'a new password',
    ({ who, browser }) =>
      browser.post('/auth/password-change', {
        current_password: who.password,
        new_password: NEXT,
      }),
  ],
]
for (const [title, change] of CHANGES) {
  test(`SB-17 v5.0.0-V7.2.4 ${title} gives the session a new id, and the old one is dead when its grace is over`, async () => {
    const app = await mfa.withApp()
    const { browser } = app
    const [old, id] = [copyOf(browser), browser.cookies.get(COOKIE)]
    const answer = await change(app)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    assert.notEqual(browser.cookies.get(COOKIE), id)
    assert.equal(await isSignedIn(browser), true)
    mfa.world.clock.advance(11_000)
    assert.equal(await isSignedIn(old), false)
  })
}

test('SB-17 SB-22 v5.0.0-V7.2.4 what a browser held before its second factor is no session, then or later', async () => {
  const { who, secret } = await mfa.withApp()
  const { browser, token } = await mfa.logIn(who)
  const [first, thief] = [copyOf(browser), mfa.browser()]
  thief.cookies.set(COOKIE, token)
  assert.deepEqual([await isSignedIn(first), await isSignedIn(thief)], [false, false])
  const body = { mfa_token: token, code: mfa.codeOf(secret) }
  assert.equal((await browser.post('/auth/web/mfa', body)).status, 200)
  assert.notEqual(browser.cookies.get(COOKIE), token)
  assert.equal(await isSignedIn(browser), true)
  assert.deepEqual([await isSignedIn(first), await isSignedIn(thief)], [false, false])
})
