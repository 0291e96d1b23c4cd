import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Person } from '../../testing/person.ts'
import type { AccountWorld, TestAccount } from './accounts.fixture.ts'
import { GOOD, sharedAccounts, tokenIn } from './accounts.fixture.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await sharedAccounts()
})

let place = 0

async function signIn({ email }: TestAccount): Promise<Person> {
  place += 1
  const person = accounts.at(`198.51.100.${place}`)
  assert.equal(
    (await person.post('/auth/web/login', { username: email, password: GOOD })).status,
    200,
  )
  return person
}

const mailsTo = async (address: string) =>
  (await accounts.mails()).filter(({ to }) => to[0] === address)

async function asked(person: Person, email: string): Promise<string> {
  assert.equal((await person.post('/auth/email-change', { email })).status, 202)
  return tokenIn((await mailsTo(email))[0])
}

test('v5.0.0-V6.3.7 an address changes when the new one is confirmed; the old one is told, and signs nobody in', async () => {
  const ana = await accounts.account()
  const person = await signIn(ana)
  await person.post('/auth/password-reset-request', { email: ana.email })
  const reset = tokenIn((await mailsTo(ana.email)).find((mail) => mail.subject.startsWith('Set a')))
  const token = await asked(person, 'Ana.New@example.com')
  assert.equal((await person.get('/auth/me')).body['email'], ana.email)
  const answer = await person.post('/auth/email-change/confirm', { token })
  assert.equal(answer.status, 200)
  assert.equal((await person.get('/auth/me')).body['email'], 'Ana.New@example.com')
  for (const address of [ana.email, 'Ana.New@example.com'])
    assert.equal((await mailsTo(address))[0]?.subject, 'Your e-mail address was changed')
  const visitor = accounts.at('203.0.113.1')
  const login = async (username: string) =>
    (await visitor.post('/auth/web/login', { username, password: GOOD })).status
  assert.deepEqual([await login(ana.email), await login('ana.new@example.com')], [401, 200])
  const old = { token: reset, new_password: 'another day, another word' }
  assert.equal((await accounts.at('203.0.113.2').post('/auth/password-reset', old)).status, 401)
})

test('MF-47 the link in the account of somebody else is refused, and stays usable for its own', async () => {
  const [ana, bob] = [
    await signIn(await accounts.account()),
    await signIn(await accounts.account()),
  ]
  const token = await asked(ana, 'ana.two@example.com')
  const refused = await bob.post('/auth/email-change/confirm', { token })
  assert.deepEqual([refused.status, refused.body['code']], [403, 'auth.other_account'])
  assert.equal(
    (await accounts.at('203.0.113.3').post('/auth/email-change/confirm', { token })).status,
    401,
  )
  assert.equal((await ana.post('/auth/email-change/confirm', { token })).status, 200)
  assert.equal((await ana.post('/auth/email-change/confirm', { token })).status, 401)
})

test('MF-19 v5.0.0-V7.5.1 an address is changed after a recent sign-in only, and never to one that somebody has', async () => {
  const taken = await accounts.account()
  const ana = await signIn(await accounts.account())
  const token = await asked(ana, taken.email)
  const refused = await ana.post('/auth/email-change/confirm', { token })
  assert.deepEqual([refused.status, refused.body['code']], [409, 'auth.email_taken'])
  accounts.world.clock.advance(16 * 60_000)
  const late = await ana.post('/auth/email-change', { email: 'ana.three@example.com' })
  assert.deepEqual(
    [late.status, late.body['code']],
    [401, 'access.insufficient_user_authentication'],
  )
})

test('MF-49 a link of one purpose is worth nothing at another', async () => {
  const ana = await accounts.account()
  const person = await signIn(ana)
  const visitor = accounts.at('203.0.113.4')
  await visitor.post('/auth/password-reset-request', { email: ana.email })
  await visitor.post('/auth/register', {
    email: 'somebody@example.com',
    password: GOOD,
    first_name: 'Some',
  })
  const change = await asked(person, 'ana.four@example.com')
  const reset = tokenIn((await mailsTo(ana.email)).find((mail) => mail.subject.startsWith('Set a')))
  const confirm = tokenIn((await mailsTo('somebody@example.com'))[0])
  const uses: Record<string, (token: string) => Promise<number>> = {
    reset: async (token) =>
      (await visitor.post('/auth/password-reset', { token, new_password: 'words of another day' }))
        .status,
    confirm: async (token) => (await visitor.post('/auth/verify-email', { token })).status,
    change: async (token) => (await person.post('/auth/email-change/confirm', { token })).status,
  }
  const tokens: Record<string, string> = { reset, confirm, change }
  for (const [purpose, token] of Object.entries(tokens)) {
    assert.match(token, /^[\w-]{43}$/, purpose)
    for (const [use, redeem] of Object.entries(uses)) {
      if (use !== purpose) assert.equal(await redeem(token), 401, `${purpose} at ${use}`)
    }
  }
  // A reset ends what waits beside it, and so does the change of the address: either would do here.
  for (const purpose of ['confirm', 'change'] as const)
    assert.equal(await uses[purpose]?.(tokens[purpose] ?? ''), 200, purpose)
})

test('v5.0.0-V8.2.3 GET, PUT and PATCH /auth/me: the superset of contract 5 and 31.3; a change shows everywhere', async () => {
  const ana = await signIn(await accounts.account({ name: 'Ana Berg' }))
  const { body } = await ana.get('/auth/me')
  assert.deepEqual(
    [body['sub'], body['name'], body['picture']],
    [body['id'], body['display_name'], body['avatar_url']],
  )
  const documented = [
    'id first_name last_name display_name avatar_url email email_verified phone date_of_birth gender',
    'preferred_contact_method locale timezone roles scopes sub name picture',
  ]
  for (const field of documented.join(' ').split(' ')) assert.ok(field in body, field)
  const changed = await ana.put('/auth/me', {
    first_name: 'Anna',
    locale: 'de-DE',
    phone: '+49 30 1',
  })
  assert.deepEqual(
    [changed.status, changed.body['name'], changed.body['locale']],
    [200, 'Anna Berg', 'de-DE'],
  )
  const patched = await ana.patch('/auth/me', { date_of_birth: '1990-02-03', phone: null })
  assert.deepEqual([patched.body['phone'], patched.body['locale']], [null, 'de-DE'])
  const shown = await ana.get<{ user: { first_name: string } }>('/auth/web/me')
  assert.equal(shown.body.user.first_name, 'Anna')
  for (const bad of [{ email: 'x@example.com' }, { roles: ['owner'] }, { date_of_birth: 'soon' }])
    assert.equal((await ana.patch('/auth/me', bad)).status, 422, JSON.stringify(bad))
  assert.equal((await accounts.at('203.0.113.5').get('/auth/me')).status, 401)
})
