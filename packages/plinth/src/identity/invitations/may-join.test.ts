import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPeople } from '../people/people.fixture.ts'

const EMAIL = 'ivy@example.com'

test('hook mayJoin: nobody who is refused gets an account by an invitation; what it throws leaves nothing', async () => {
  let answer: 'no' | 'broken' | 'yes' = 'no'
  const mayJoin = () => {
    if (answer === 'broken') throw new Error('the list of members cannot be read')
    return answer === 'yes'
  }
  await using people = await startPeople({ hooks: { mayJoin } })
  const ana = await people.world.signIn('ana', { tenant: 'acme' })
  assert.equal((await ana.post('/tenants/acme/invitations', { email: EMAIL })).status, 201)
  const token = await people.tokenFor(EMAIL)
  const ivy = people.world.visitor()
  const body = { token, password: 'a tram full of oranges', first_name: 'Ivy', last_name: 'Wood' }
  const join = () => ivy.post('/auth/invitations/accept', body)
  const names = () => people.sql('select 1 from plinth.sign_in_names where name = $1', [EMAIL])
  assert.equal((await join()).body['code'], 'people.refused')
  answer = 'broken'
  assert.equal((await join()).status, 500)
  assert.deepEqual(await names(), [])
  assert.equal((await ivy.get('/auth/web/me')).body['authenticated'], false)
  answer = 'yes'
  assert.equal((await join()).status, 200)
  assert.equal((await names()).length, 1)
})
