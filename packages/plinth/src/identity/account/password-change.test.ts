import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Person } from '../../testing/person.ts'
import type { AccountWorld, TestAccount } from './accounts.fixture.ts'
import { GOOD, openAccounts, tokenIn } from './accounts.fixture.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts()
})
after(async () => {
  await accounts[Symbol.asyncDispose]()
})

const NEXT = 'another day, another word'
let place = 0

async function signIn({ email }: TestAccount, password = GOOD): Promise<Person> {
  place += 1
  const person = accounts.at(`198.51.100.${place}`)
  const { status } = await person.post('/auth/web/login', { username: email, password })
  assert.equal(status, 200)
  return person
}

const statusFor = async ({ email }: TestAccount, password: string) => {
  place += 1
  const login = { username: email, password }
  return (await accounts.at(`198.51.100.${place}`).post('/auth/web/login', login)).status
}

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated']

/** The link that was sent to somebody who asked for it. */
async function resetToken({ email }: TestAccount): Promise<string> {
  const asked = await accounts.at('203.0.113.9').post('/auth/password-reset-request', { email })
  assert.equal(asked.status, 200)
  const [mail] = await accounts.mails()
  assert.deepEqual(mail?.to, [email])
  return tokenIn(mail ?? fail())
}

function fail(): never {
  throw new Error('no mail came')
}

test('V6.2.2 MF-50 a password is changed: this browser goes on under a new id, all others are out', async () => {
  const ana = await accounts.account()
  const [here, there] = [await signIn(ana), await signIn(ana)]
  const before = here.cookies.get('user_session_id')
  const body = { current_password: GOOD, new_password: NEXT }
  const answer = await here.post('/auth/password-change', body)
  assert.equal(answer.status, 200)
  assert.match(String(answer.body['changed_at']), /^\d{4}-/)
  assert.notEqual(here.cookies.get('user_session_id'), before)
  assert.equal((await here.get('/auth/web/me')).body['csrf_token'], answer.body['csrf_token'])
  assert.equal(await isSignedIn(there), false)
  assert.equal(await statusFor(ana, GOOD), 401)
  assert.equal(await statusFor(ana, NEXT), 200)
  const [mail] = await accounts.mails()
  assert.match(mail?.subject ?? '', /password was changed/)
})

test('V6.2.3 MF-50 the current password is asked for, and wrong ones count to the lock', async () => {
  const ana = await accounts.account()
  const here = await signIn(ana)
  const change = async (current?: string) =>
    (
      await here.post('/auth/password-change', {
        ...(current && { current_password: current }),
        new_password: NEXT,
      })
    ).status
  assert.equal(await change(), 401)
  for (let one = 0; one < 4; one += 1) assert.equal(await change('wrong one'), 401)
  // The lock is on now: the right one is not looked at either.
  assert.equal(await change(GOOD), 401)
  assert.equal(await isSignedIn(here), true)
})

test('the new password must be another one, and one that is not soon guessed', async () => {
  const ana = await accounts.account({ name: 'Ana Markovic' })
  const here = await signIn(ana)
  const change = (next: string) =>
    here.post('/auth/password-change', { current_password: GOOD, new_password: next })
  const same = await change(GOOD)
  assert.equal(same.status, 400)
  assert.equal(same.body['code'], 'auth.same_password')
  const weak = await change('markovic-1')
  assert.equal(weak.status, 422)
  assert.deepEqual(
    (weak.body['details'] as { path: string; code: string }[]).map(({ path, code }) => [
      path,
      code,
    ]),
    [['body/new_password', 'too_personal']],
  )
})

test('MF-43 MF-46 a link sets a new password once: no sign-in comes of it, and every session ends', async () => {
  const ana = await accounts.account()
  const here = await signIn(ana)
  const token = await resetToken(ana)
  assert.match(token, /^[\w-]{43}$/)
  const visitor = accounts.at('203.0.113.10')
  const answer = await visitor.post('/auth/password-reset', { token, new_password: NEXT })
  assert.equal(answer.status, 200)
  assert.deepEqual(Object.keys(answer.body), ['reset_at'])
  assert.equal(visitor.cookies.has('user_session_id'), false)
  assert.equal(await isSignedIn(here), false)
  const again = await visitor.post('/auth/password-reset', { token, new_password: `${NEXT} twice` })
  assert.equal(again.status, 401)
  assert.equal(again.body['detail'], 'Invalid reset token')
  assert.equal(await statusFor(ana, NEXT), 200)
})
