import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import type { Person } from '../../testing/person.ts'
import { CHEAP } from '../account/accounts.fixture.ts'
import { putCredential, putName } from '../password/credentials.repository.ts'
import { hashPassword } from '../password/password-hash.ts'
import { signInName } from '../password/sign-in-name.ts'
import type { Me, RelyingParty } from '../relying-party/relying-party.fixture.ts'
import { meOf, openRelyingParty } from '../relying-party/relying-party.fixture.ts'

const password = 'a lighthouse of matches'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty({
    'accounts.registration': 'open',
    'accounts.password.argon2_memory_kib': CHEAP.memoryCost,
    'accounts.password.argon2_passes': CHEAP.timeCost,
  })
})
after(() => party[Symbol.asyncDispose]())

/** The owner of an address comes through a provider that has verified it. */
async function owner(email: string): Promise<{ browser: Person; user: NonNullable<Me['user']> }> {
  party.calm()
  party.evil.always({ claims: { sub: `owner of ${email}`, email, email_verified: true } })
  const browser = party.world.visitor()
  await party.evil.signIn(browser)
  const { user } = await meOf(browser)
  assert.ok(user)
  return { browser, user }
}

const logIn = (browser: Person, username: string) =>
  browser.post('/auth/web/login', { username, password })

/** An account with a password, of somebody who never proved that the address is theirs. */
async function unproved(email: string): Promise<Id<'person'>> {
  const person = newId<'person'>()
  const hash = await hashPassword(password, CHEAP)
  const name = signInName(email)
  assert.ok(name)
  await party.world.database.platform.transaction(async (tx) => {
    await tx.query(
      "insert into plinth.people (id, name, email, email_verified) values ($1, 'Eve', $2, false)",
      [person, email],
    )
    await putCredential(tx, { person, hash, now: new Date(party.world.clock.now()).toISOString() })
    await putName(tx, person, name)
  })
  return person
}

const waysInto = (person: string) =>
  party.sql('select issuer from plinth.identities where person_id = $1', [person])

test('RP-73 an address that somebody else registered: its owner comes by a provider, and the password opens nothing', async () => {
  const email = 'registered@example.com'
  const attacker = party.world.visitor()
  const asked = { email, password, first_name: 'Eve', last_name: 'Fox' }
  assert.equal((await attacker.post('/auth/register', asked)).status, 202)
  const { browser, user } = await owner(email)
  assert.equal(user.email, email)
  assert.equal((await logIn(attacker, email)).status, 401)
  assert.equal((await attacker.get('/auth/me')).status, 401)
  // What was asked for before the owner came is not made beside them, nor into them.
  const people = await party.sql<{ id: string }>('select id from plinth.people where email = $1', [
    email,
  ])
  assert.deepEqual(people, [{ id: user.id }])
  assert.deepEqual(
    await party.sql('select 1 from plinth.credentials where person_id = $1', [user.id]),
    [],
  )
  assert.equal((await meOf(browser)).user?.id, user.id)
})

test('RP-73 an account that was prepared with an address nobody proved: its owner is another person, whoever comes first', async () => {
  const email = 'prepared@example.com'
  const prepared = await unproved(email)
  const attacker = party.world.visitor()
  assert.equal((await logIn(attacker, email)).status, 200)
  const { browser, user } = await owner(email)
  assert.notEqual(user.id, prepared)
  assert.deepEqual([await waysInto(prepared), (await waysInto(user.id)).length], [[], 1])
  // Signed in before or after: the one sees nothing of the other, and neither is offered to link.
  assert.equal((await meOf(attacker)).user?.id, prepared)
  const after = party.world.visitor()
  assert.equal((await logIn(after, email)).status, 200)
  assert.equal((await meOf(after)).user?.id, prepared)
  assert.deepEqual(await party.sql('select 1 from plinth.link_offers'), [])
  assert.equal((await owner(email)).user.id, user.id)
  assert.equal((await meOf(browser)).user?.id, user.id)
})

test('RP-73 in the browser in which the prepared account is signed in, its owner’s provider signs in the owner', async () => {
  const email = 'shared@example.com'
  const prepared = await unproved(email)
  party.calm()
  party.evil.always({ claims: { sub: 'of a shared browser', email, email_verified: true } })
  const browser = party.world.visitor()
  assert.equal((await logIn(browser, email)).status, 200)
  await party.evil.signIn(browser)
  const { user } = await meOf(browser)
  assert.ok(user && user.id !== prepared)
  assert.deepEqual(await waysInto(prepared), [])
  assert.deepEqual(await party.sql('select 1 from plinth.link_offers'), [])
})
