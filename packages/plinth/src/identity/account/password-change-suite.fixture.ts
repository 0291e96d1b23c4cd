import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Person } from '../../testing/person.ts'
import { sendRaw } from '../../testing/raw-http.ts'
import type { AccountWorld, TestAccount } from './accounts.fixture.ts'
import { GOOD, openAccounts, sharedAccounts, tokenIn } from './accounts.fixture.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await sharedAccounts()
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

interface Client {
  readonly access: string
  readonly refresh: string
}

/** A program that signed in for tokens. */
async function clientOf({ email }: TestAccount): Promise<Client> {
  place += 1
  const login = { username: email, password: GOOD, refresh_token_in: 'body' }
  const program = accounts.at(`198.51.100.${place}`)
  const { body } = await program.post('/auth/login', login)
  const [access, refresh] = [String(body['access_token']), String(body['refresh_token'])]
  const me = await program.get('/auth/me', { authorization: `Bearer ${access}` })
  assert.equal(me.status, 200)
  assert.match(refresh, /^[\w-]{43}$/)
  return { access, refresh }
}

/** Neither of its tokens is worth anything any more. */
async function isOver({ access, refresh }: Client): Promise<void> {
  const program = accounts.at('203.0.113.20')
  const me = await program.get('/auth/me', { authorization: `Bearer ${access}` })
  assert.equal(me.status, 401)
  assert.equal((await program.post('/auth/refresh', { refresh_token: refresh })).status, 401)
}

const statusFor = async ({ email }: TestAccount, password: string) => {
  place += 1
  const login = { username: email, password }
  return (await accounts.at(`198.51.100.${place}`).post('/auth/web/login', login)).status
}

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated']

async function subjectsTo({ email }: TestAccount): Promise<readonly string[]> {
  const mails = await accounts.mails()
  return mails.filter(({ to }) => to.includes(email)).map(({ subject }) => subject)
}

/** The link that was sent to somebody who asked for it. */
async function resetToken({ email }: TestAccount): Promise<string> {
  const asked = await accounts.at('203.0.113.9').post('/auth/password-reset-request', { email })
  assert.equal(asked.status, 200)
  const mails = await accounts.mails()
  return tokenIn(
    mails.find(({ to, subject }) => to[0] === email && subject === 'Set a new password'),
  )
}

test('v5.0.0-V6.2.2 v5.0.0-V6.3.7 v5.0.0-V7.4.3 MF-50 RR-16 a password is changed: this browser goes on under a new id, all others are out', async () => {
  const ana = await accounts.account()
  const [here, there, client] = [await signIn(ana), await signIn(ana), await clientOf(ana)]
  const before = here.cookies.get('user_session_id')
  const body = { current_password: GOOD, new_password: NEXT }
  const answer = await here.post('/auth/password-change', body)
  assert.equal(answer.status, 200)
  assert.match(String(answer.body['changed_at']), /^\d{4}-/)
  assert.notEqual(here.cookies.get('user_session_id'), before)
  assert.equal((await here.get('/auth/web/me')).body['csrf_token'], answer.body['csrf_token'])
  assert.equal(await isSignedIn(there), false)
  await isOver(client)
  assert.equal(await statusFor(ana, GOOD), 401)
  assert.equal(await statusFor(ana, NEXT), 200)
  assert.ok((await subjectsTo(ana)).includes('Your password was changed'))
})

test('v5.0.0-V6.2.3 MF-50 the current password is asked for, and wrong ones count to the lock', async () => {
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

test('MF-43 MF-46 RR-16 a link sets a new password once: no sign-in comes of it, and every session ends', async () => {
  const ana = await accounts.account()
  const [here, client] = [await signIn(ana), await clientOf(ana)]
  const token = await resetToken(ana)
  assert.match(token, /^[\w-]{43}$/)
  const visitor = accounts.at('203.0.113.10')
  const answer = await visitor.post('/auth/password-reset', { token, new_password: NEXT })
  assert.equal(answer.status, 200)
  assert.deepEqual(Object.keys(answer.body), ['reset_at'])
  assert.equal(visitor.cookies.has('user_session_id'), false)
  assert.equal(await isSignedIn(here), false)
  await isOver(client)
  const again = await visitor.post('/auth/password-reset', { token, new_password: `${NEXT} twice` })
  assert.equal(again.status, 401)
  assert.equal(again.body['detail'], 'Invalid reset token')
  assert.equal(await statusFor(ana, NEXT), 200)
})

test('MF-43 a link is one use of twenty at once, dies with the next one, with the password, and with time', async () => {
  const ana = await accounts.account()
  const reset = async (token: string, password = NEXT) =>
    (
      await accounts
        .at('203.0.113.11')
        .post('/auth/password-reset', { token, new_password: password })
    ).status
  const first = await resetToken(ana)
  const second = await resetToken(ana)
  assert.notEqual(first, second)
  assert.equal(await reset(first), 401)
  const race = await Promise.all(Array.from({ length: 20 }, () => reset(second)))
  assert.deepEqual(
    race.filter((status) => status !== 401 && status !== 503),
    [200],
  )
  const third = await resetToken(ana)
  const here = await signIn(ana, NEXT)
  const body = { current_password: NEXT, new_password: GOOD }
  assert.equal((await here.post('/auth/password-change', body)).status, 200)
  assert.equal(await reset(third), 401)
  const late = await resetToken(ana)
  accounts.world.clock.advance(31 * 60_000)
  assert.equal(await reset(late), 401)
  assert.equal(await reset('x'.repeat(43)), 401)
})

test('MF-43 a weak password leaves the link usable; a reset takes the lock off', async () => {
  const ana = await accounts.account()
  for (let one = 0; one < 6; one += 1) {
    const wrong = { username: ana.email, password: 'wrong one' }
    await accounts.at('203.0.113.66').post('/auth/web/login', wrong)
  }
  const token = await resetToken(ana)
  const visitor = accounts.at('203.0.113.66')
  const weak = await visitor.post('/auth/password-reset', { token, new_password: 'sunshine' })
  assert.equal(weak.status, 422)
  const body = { token, new_password: NEXT }
  assert.equal((await visitor.post('/auth/password-reset', body)).status, 200)
  const login = { username: ana.email, password: NEXT }
  assert.equal((await visitor.post('/auth/web/login', login)).status, 200)
})

test('MF-44 the link leads where settings say, whatever the request says of hosts; MF-45 opening it is a GET that changes nothing', async () => {
  const ana = await accounts.account()
  const headers = { 'x-forwarded-host': 'evil.test', referer: 'http://localhost:8000/evil.test' }
  const visitor = accounts.at('203.0.113.12')
  const body = { email: ana.email }
  assert.equal((await visitor.post('/auth/password-reset-request', body, headers)).status, 200)
  // Sent now, so that the one that follows is the newest.
  await accounts.mails()
  // A host of its own choice is one more thing that a request says.
  const bytes = JSON.stringify(body)
  const lines = ['Host: evil.test', 'Origin: http://localhost:8000', 'Connection: close']
  const typed = ['Content-Type: application/json', `Content-Length: ${bytes.length}`]
  const asked = ['POST /auth/password-reset-request HTTP/1.1', ...lines, ...typed, '', bytes]
  const raw = await sendRaw(Number(new URL(accounts.world.url).port), asked.join('\r\n'))
  assert.equal(raw.status, 200, raw.text)
  const [mail, ...others] = (await accounts.mails()).filter(({ to }) => to[0] === ana.email)
  assert.equal(others.length, 1)
  for (const { text } of [mail, ...others].flatMap((one) => one ?? [])) {
    const [link = ''] = /http\S+/.exec(text) ?? []
    assert.ok(link.startsWith('http://localhost:8000/auth/reset-password#token='), link)
    assert.ok(!text.includes('evil.test'), text)
  }
  for (const path of [`/auth/password-reset?token=${tokenIn(mail)}`, '/auth/reset-password'])
    await visitor.get(path)
  const token = tokenIn(mail)
  const answer = await visitor.post('/auth/password-reset', { token, new_password: NEXT })
  assert.equal(answer.status, 200)
})

test('MF-47 a link opened where somebody else is signed in is refused, and stays usable', async () => {
  const [ana, bob] = [await accounts.account(), await accounts.account()]
  const token = await resetToken(ana)
  const here = await signIn(bob)
  const answer = await here.post('/auth/password-reset', { token, new_password: NEXT })
  assert.deepEqual([answer.status, answer.body['code']], [403, 'auth.other_account'])
  const visitor = accounts.at('203.0.113.13')
  const again = await visitor.post('/auth/password-reset', { token, new_password: NEXT })
  assert.equal(again.status, 200)
})

test('whoever signs in without a password is told so, and gives themselves one after a recent sign-in', async () => {
  const ana = await accounts.world.signIn('ana')
  const change = async (more = {}) =>
    ana.post('/auth/password-change', { new_password: NEXT, ...more })
  accounts.world.clock.advance(16 * 60_000)
  const late = await change()
  assert.deepEqual([late.status, late.body['code']], [401, 'auth.sign_in_again'])
  const bea = await accounts.world.signIn('bea')
  const first = await bea.post('/auth/password-change', { new_password: NEXT })
  assert.equal(first.status, 200)
  assert.equal((await bea.get('/auth/me')).body['has_password'], true)
  const login = { username: 'BEA@example.com', password: NEXT }
  assert.equal((await accounts.at('203.0.113.14').post('/auth/web/login', login)).status, 200)
})

test('contract 5: 404 No credentials found for a link whose password is gone', async () => {
  const ana = await accounts.account()
  const token = await resetToken(ana)
  await accounts.sql('delete from plinth.credentials where person_id = $1', [ana.person])
  const visitor = accounts.at('203.0.113.15')
  const answer = await visitor.post('/auth/password-reset', { token, new_password: NEXT })
  assert.deepEqual([answer.status, answer.body['detail']], [404, 'No credentials found'])
  await visitor.post('/auth/password-reset-request', { email: ana.email })
  assert.ok((await subjectsTo(ana)).includes('Your account has no password'))
})

test('v5.0.0-V6.2.11 v5.0.0-V6.1.2 the names of the service, the tenant and the person are no passwords', async () => {
  await using named = await openAccounts({
    'tenancy.mode': 'organisations',
    'app.name': 'Warehouse One',
    'accounts.password.context_words': ['kestrelworks'],
  })
  const ana = await named.world.signIn('ana', { tenant: 'northwind' })
  for (const word of [
    'WarehouseOne',
    'northwind-1',
    'Kestrelworks-9',
    'ana@example.com',
    'ana-northwind',
  ]) {
    const answer = await ana.post('/auth/password-change', { new_password: word })
    assert.deepEqual([answer.status, answer.body['code']], [422, 'auth.weak_password'], word)
    assert.equal((answer.body['details'] as { code: string }[])[0]?.code, 'too_personal', word)
  }
})

test('MF-43 a link is for the password that there was, whoever replaced it and however', async () => {
  const ana = await accounts.account()
  const token = await resetToken(ana)
  await accounts.sql('update plinth.credentials set version = version + 1 where person_id = $1', [
    ana.person,
  ])
  const body = { token, new_password: NEXT }
  assert.equal((await accounts.at('203.0.113.16').post('/auth/password-reset', body)).status, 401)
})
