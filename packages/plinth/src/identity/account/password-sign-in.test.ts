import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AccountWorld } from './accounts.fixture.ts'
import { GOOD, openAccounts } from './accounts.fixture.ts'

let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts()
})
after(async () => {
  await accounts[Symbol.asyncDispose]()
})

const LOGIN = '/auth/web/login'

test('D22 a password gives a browser the session that a provider gives', async () => {
  const { email } = await accounts.account({ username: 'ana' })
  const ana = accounts.at('198.51.100.1')
  const answer = await ana.post(LOGIN, { username: email, password: GOOD, return_to: '/stock' })
  assert.equal(answer.status, 200)
  assert.deepEqual(
    { ...answer.body, csrf_token: '' },
    {
      message: 'Signed in',
      mfa_required: false,
      mfa_token: null,
      mfa_methods: [],
      mfa_enrolment_required: false,
      csrf_token: '',
      return_to: '/stock',
    },
  )
  const me = await ana.get('/auth/web/me')
  assert.equal(me.body['authenticated'], true)
  assert.equal(me.body['csrf_token'], answer.body['csrf_token'])
  assert.equal(
    JSON.stringify(answer.body).includes(ana.cookies.get('user_session_id') ?? '-'),
    false,
  )
  const again = accounts.at('198.51.100.2')
  assert.equal((await again.post(LOGIN, { username: 'ANA', password: GOOD })).status, 200)
})
