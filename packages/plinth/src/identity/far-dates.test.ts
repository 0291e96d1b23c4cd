import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signedIn } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import type { Person, TestClock, World } from '../testing/index.ts'
import { createTestClock, startWorld } from '../testing/index.ts'
import { createPerson } from '../testing/person.ts'
import type { SecondProcess } from '../testing/second-process.ts'
import { startSecondProcess } from '../testing/second-process.ts'

const HOUR_MS = 3_600_000
const shop = feature('shop', {
  routes: [route('GET /mine', { access: signedIn(), tenant: 'none', handle: () => undefined })],
})
let world: World
let second: SecondProcess
let others: TestClock
before(async () => {
  world = await startWorld({ features: [shop] })
  others = createTestClock()
  second = await startSecondProcess(world, [], {}, { features: [shop], clock: others })
})
after(async () => {
  await second[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

/** The same browser at the other process. */
function atSecond(person: Person): Person {
  const other = createPerson({ url: second.url, origin: world.service.config.app.base_url })
  for (const [name, value] of person.cookies) other.cookies.set(name, value)
  return other
}

const standing = async (person: Person) => [
  (await person.get('/mine')).status,
  (await atSecond(person).get('/mine')).status,
]

const FAR: readonly [string, string][] = [
  ['the last second of 32 bits', '2038-01-19T03:14:06Z'],
  ['after 32 bits', '2038-01-19T03:14:09Z'],
  ['a leap day', '2096-02-29T23:59:59Z'],
  ['after 32 bits without a sign', '2106-02-07T06:28:17Z'],
  ['the last day of four digits', '9999-12-31T12:00:00Z'],
]
for (const [name, date] of FAR) {
  test(`FI-32 FI-31 ${name}: signing in, refreshing and signing out work`, async () => {
    const there = Date.parse(date) - world.clock.now()
    for (const clock of [world.clock, others]) clock.advance(there)
    const ana = await world.signIn('ana')
    assert.deepEqual(await standing(ana), [204, 204])
    const refreshed = await ana.post('/auth/web/refresh')
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body))
    const list = await ana.get<{ sessions: { expires_at: string }[] }>('/auth/sessions')
    assert.equal(list.status, 200)
    assert.equal((await ana.post('/auth/web/logout')).status, 200)
    assert.equal((await ana.get('/mine')).status, 401)
    for (const clock of [world.clock, others]) clock.advance(-there)
  })
}

test('FI-32 before 1970 an age that became negative breaks nothing, and revives nobody', async () => {
  const [ana, gone] = [await world.signIn('ana'), await world.signIn('gone')]
  const kept = atSecond(gone)
  assert.equal((await gone.post('/auth/web/logout')).status, 200)
  const there = -world.clock.now() - 24 * HOUR_MS
  for (const clock of [world.clock, others]) clock.advance(there)
  const [statuses, ended] = [await standing(ana), (await kept.get('/mine')).status]
  const invented = world.visitor()
  invented.cookies.set('user_session_id', 'A'.repeat(43))
  const nobody = (await invented.get('/mine')).status
  for (const clock of [world.clock, others]) clock.advance(-there)
  assert.ok(
    statuses.every((status) => status === 204 || status === 401),
    `${statuses}`,
  )
  assert.deepEqual([ended, nobody], [401, 401])
  assert.deepEqual(await standing(ana), [204, 204])
})
