import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Person } from '../testing/person.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { openIdentity, signInAtEvil } from './identity.fixture.ts'

const MOST = 3

let world: IdentityWorld
before(async () => {
  world = await openIdentity({ sessions: { max_per_person: MOST } })
})
beforeEach(() => world.sql('delete from plinth.sessions'))
after(() => world[Symbol.asyncDispose]())

async function signedIn(person = world.person()): Promise<Person> {
  await signInAtEvil(world, person)
  assert.ok(person.cookies.has('user_session_id'))
  world.clock.advance(10)
  return person
}

const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated'] === true

const live = () =>
  world.sql<{ family_id: string }>(
    `select family_id from plinth.sessions
      where revoked_at is null and rotated_at is null order by family_id`,
  )

test('SB-32 v5.0.0-V7.1.2 one session more than the limit ends the one that signed in first, and it is audited', async () => {
  const people = [await signedIn(), await signedIn(), await signedIn()]
  // Rotation makes no session younger.
  await people[0]?.post('/auth/web/refresh')
  const [oldest] = await live()
  people.push(await signedIn())
  assert.deepEqual(await Promise.all(people.map(isSignedIn)), [false, true, true, true])
  const rows = await world.sql(
    `select target_id, outcome from plinth.audit_events where action = 'session.displaced'`,
  )
  assert.deepEqual(rows, [{ target_id: oldest?.family_id, outcome: 'success' }])
})

test('SB-32 signing in again in the same browser takes the place of its own session', async () => {
  const people = [await signedIn(), await signedIn(), await signedIn()]
  await signedIn(people[2])
  assert.deepEqual(await Promise.all(people.map(isSignedIn)), [true, true, true])
})

test('SB-32 refreshes and expired sessions take no place', async () => {
  const people = [await signedIn(), await signedIn(), await signedIn()]
  for (const person of people) await person.post('/auth/web/refresh')
  assert.deepEqual(await Promise.all(people.map(isSignedIn)), [true, true, true])
  await world.sql("update plinth.sessions set expires_at = now() - interval '1 hour'")
  people.push(await signedIn())
  assert.equal((await live()).length, MOST + 1, 'what has expired was not ended for it')
})

test('SB-32 twenty sign-ins at once, by twenty accounts of one person, some in browsers that were signed in: never one too many, no deadlock', async () => {
  const people = Array.from({ length: 20 }, () => world.person())
  // Each sign-in is by another account, so that no row of an account makes them wait for each other.
  let sign = 0
  const ofAnother = {
    get sub() {
      sign += 1
      return `eve-${sign % 20}`
    },
  }
  world.evil.say.claims = ofAnother
  try {
    for (const person of people) await signInAtEvil(world, person)
    await world.sql(
      'update plinth.identities set person_id = (select min(person_id::text)::uuid from plinth.identities)',
    )
    for (const person of people.slice(0, 6)) await signedIn(person)
    await Promise.all(people.map((person) => signInAtEvil(world, person)))
  } finally {
    world.evil.say.claims = {}
  }
  assert.equal((await world.sql('select distinct identity_id from plinth.sessions')).length, 20)
  assert.equal((await live()).length, MOST)
  const still = await Promise.all(people.map(isSignedIn))
  assert.equal(still.filter(Boolean).length, MOST)
})
