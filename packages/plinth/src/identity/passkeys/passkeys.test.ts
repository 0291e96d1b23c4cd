import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openPasskeys } from './passkeys.fixture.ts'

let kit: Awaited<ReturnType<typeof openPasskeys>>
before(async () => {
  kit = await openPasskeys()
})
after(() => kit.world[Symbol.asyncDispose]())

test('D23 a passkey is added in person and signs in without a name or a password', async () => {
  const one = await kit.owner()
  assert.deepEqual(await kit.list(one.person), [one.passkey])
  const browser = kit.world.person()
  const answer = await kit.signIn(one.device, browser)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  assert.equal(await kit.me(browser), one.email)
})
