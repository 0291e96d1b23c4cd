import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Asked } from '../../testing/authenticator.ts'
import { openPasskeys } from './passkeys.fixture.ts'
import { relyingParty } from './relying-party.ts'

const VERIFY = '/auth/passkeys/authentication/verify'

test('MF-29 a key without a PIN is a second step where that is allowed, and never the only one', async () => {
  const kit = await openPasskeys({ passkeys: { user_verification: 'preferred' } })
  await using world = kit.world
  const { person, device, email } = await kit.somebody()
  const unchecked = { userVerified: false }
  const response = device.create(await kit.askForNew(person), unchecked)
  const added = await person.post('/auth/passkeys/registration/verify', { response })
  assert.equal(added.status, 201)
  assert.equal(added.body['csrf_token'], null, 'nobody has shown two factors')

  const browser = world.person()
  const alone = device.get(await kit.ask(browser), unchecked)
  assert.equal((await browser.post(VERIFY, { response: alone })).status, 401)
  assert.equal((await kit.audits('passkey.used')).at(-1)?.reason, 'user_not_verified')

  await kit.signInAtProvider(browser, email)
  const asked = await browser.post<Asked>('/auth/mfa/passkey-options', {})
  const passkey = device.get(asked.body, unchecked)
  const finished = await browser.post('/auth/web/mfa', { passkey }, { 'x-csrf-token': 'none' })
  assert.equal(finished.status, 200)
  const again = await browser.post<Asked>('/auth/passkeys/step-up/options')
  const stepUp = device.get(again.body, unchecked)
  assert.equal((await browser.post('/auth/web/step-up', { passkey: stepUp })).status, 401)
})

test('settings of passkeys: off, a shorter time to answer, fewer for each person', async () => {
  const off = await openPasskeys({ passkeys: { enabled: false } })
  const { person: without } = await off.somebody()
  assert.equal((await without.get('/auth/passkeys')).status, 404)
  assert.equal((await without.post('/auth/passkeys/authentication/options')).status, 404)
  await off.world[Symbol.asyncDispose]()

  const kit = await openPasskeys({ passkeys: { challenge_seconds: 120, max_per_person: 1 } })
  await using world = kit.world
  const { device, person } = await kit.owner()
  assert.equal((await person.post('/auth/passkeys/registration/options')).status, 409)
  const browser = world.person()
  const [inTime, late] = [await kit.ask(browser), await kit.ask(browser)].map((asked) =>
    device.get(asked),
  )
  world.clock.advance(60_000)
  assert.equal((await browser.post(VERIFY, { response: inTime })).status, 200)
  world.clock.advance(61_000)
  assert.equal((await browser.post(VERIFY, { response: late })).status, 401)
})

test('where an address is one of numbers there are no passkeys', () => {
  const of = (base_url: string) => relyingParty({ name: 'Shop', base_url })
  assert.deepEqual(of('https://app.example.com'), {
    id: 'app.example.com',
    origin: 'https://app.example.com',
    name: 'Shop',
  })
  assert.equal(of('http://localhost:8000')?.id, 'localhost')
  assert.equal(of('http://127.0.0.1:8000'), undefined)
  assert.equal(of('http://[::1]:8000'), undefined)
})

test('MF-27 of twenty answers to one question at the same time exactly one is taken, each time', async () => {
  const kit = await openPasskeys()
  await using world = kit.world
  const { device } = await kit.owner(true)
  for (let round = 0; round < 20; round += 1) {
    const browser = world.person()
    const response = device.get(await kit.ask(browser))
    const all = await Promise.all(
      Array.from({ length: 20 }, () => browser.post(VERIFY, { response })),
    )
    assert.equal(all.filter(({ status }) => status === 200).length, 1, `round ${round}`)
  }
})
