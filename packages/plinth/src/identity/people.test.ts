import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { IdentityWorld } from './identity.fixture.ts'
import { openIdentity, signInAtEvil, startAt } from './identity.fixture.ts'
import { profileOf } from './people/profile.ts'

let world: IdentityWorld
before(async () => {
  world = await openIdentity()
})
beforeEach(() => {
  world.evil.say.claims = {}
})
after(() => world[Symbol.asyncDispose]())

type Me = { readonly user: { readonly id: string; readonly email: string | null } }

/** Signs in at the evil provider with claims and answers who that is here. */
async function meAs(claims: Record<string, unknown>): Promise<Me['user']> {
  world.evil.say.claims = claims
  const person = world.person()
  await signInAtEvil(world, person)
  return (await person.get<Me>('/auth/web/me')).body.user
}

test('B13 an unverified e-mail does not replace a verified one', async () => {
  await meAs({ sub: 'keeps', email: 'old@example.com' })
  const user = await meAs({ sub: 'keeps', email: 'new@example.com', email_verified: false })
  assert.equal(user.email, 'old@example.com')
  assert.equal((await meAs({ sub: 'keeps', email: 'new@example.com' })).email, 'new@example.com')
})

test('B12 twenty first sign-ins of one person at once make one person, one tenant, no 5xx', async () => {
  world.evil.say.claims = { sub: 'crowd' }
  const crowd = Array.from({ length: 20 }, () => world.person())
  const backs = await Promise.all(
    crowd.map(async (one) => world.evil.callback(await startAt(one, '?provider=evil'))),
  )
  const answers = await Promise.all(crowd.map((one, at) => one.get(backs[at] ?? '')))
  assert.deepEqual(
    new Set(answers.map(({ status, headers }) => [status, headers.getSetCookie().length].join())),
    new Set(['302,2']),
  )
  const [row] = await world.sql(
    `select count(distinct i.person_id)::int as people, count(distinct m.tenant_id)::int as tenants
       from plinth.identities i join plinth.memberships m on m.person_id = i.person_id
      where i.subject = 'crowd'`,
  )
  assert.deepEqual(row, { people: 1, tenants: 1 })
})

test('11 an e-mail domain never joins anyone to a tenant: two of one domain have two tenants', async () => {
  const [one, two] = [
    await meAs({ sub: 'dom-1', email: 'a@acme.test' }),
    await meAs({ sub: 'dom-2', email: 'b@acme.test' }),
  ]
  const rows = await world.sql<{ n: number }>(
    `select count(*)::int as n from plinth.memberships where person_id = any($1)
      group by tenant_id`,
    [[one.id, two.id]],
  )
  assert.deepEqual(
    rows.map(({ n }) => n),
    [1, 1],
  )
})

test('a person whose provider says nothing new is not written again', async () => {
  const user = await meAs({ sub: 'steady' })
  const version = () =>
    world.sql('select version, xmin::text from plinth.people where id = $1', [user.id])
  const before = await version()
  await meAs({ sub: 'steady' })
  assert.deepEqual(await version(), before)
})

test('a first sign-in from a device is told by mail, once, and only to a verified address', async () => {
  const mailsFor = () => world.mails.filter(({ to }) => to === 'device@example.com')
  const claims = { sub: 'device', email: 'device@example.com' }
  await meAs(claims)
  await meAs(claims)
  assert.equal(mailsFor().length, 1)
  world.evil.say.claims = claims
  const phone = world.person(
    'Mozilla/5.0 (Linux; Android 16) Chrome/156.0.0.0 Mobile Safari/537.36',
  )
  await signInAtEvil(world, phone)
  assert.deepEqual(
    mailsFor().map(({ data }) => (data as { device: string }).device),
    ['Chrome on Linux', 'Chrome on Android'],
  )
  await meAs({ sub: 'device-2', email: 'device2@example.com', email_verified: false })
  assert.ok(!world.mails.some(({ to }) => to === 'device2@example.com'))
})

const PROFILES: readonly (readonly [
  string,
  Record<string, unknown>,
  readonly (string | null)[],
])[] = [
  ['names', { given_name: 'Ana', family_name: 'Silva' }, ['Ana Silva', 'Ana', 'Silva', null]],
  ['a full name', { name: 'Ana S.', given_name: 'Ana' }, ['Ana S.', 'Ana', '', null]],
  [
    'an e-mail alone',
    { email: 'ana.maria@x.test', email_verified: true },
    ['Ana Maria', 'Ana Maria', '', 'ana.maria@x.test'],
  ],
  ['nothing', {}, ['User 12345678', 'User', '12345678', null]],
  [
    'controls and line breaks',
    { given_name: 'A\r\nB\0\u202e', family_name: 'x'.repeat(500) },
    [`A B ${'x'.repeat(96)}`, 'A B', 'x'.repeat(100), null],
  ],
  [
    'other types',
    { given_name: { a: 1 }, family_name: ['x'], name: 7 },
    ['User 12345678', 'User', '12345678', null],
  ],
  [
    'two addresses',
    { email: 'a@x.test,b@y.test', email_verified: true },
    ['User 12345678', 'User', '12345678', null],
  ],
]
for (const [title, claims, expected] of PROFILES) {
  test(`4.2 RP-76 a profile from ${title}`, () => {
    const { name, givenName, familyName, email } = profileOf({ sub: 'abc-12345678', ...claims })
    assert.deepEqual([name, givenName, familyName, email], expected)
  })
}

test('a name that the person chose here stays, and so does an address, whatever the provider says next', async () => {
  const claims = { sub: 'renamed', name: 'Ana Provider', email: 'ana@provider.test' }
  const { id } = await meAs(claims)
  const person = world.person()
  await signInAtEvil(world, person)
  assert.equal((await person.patch('/auth/me', { display_name: 'Ana Own' })).status, 200)
  await world.sql("update plinth.people set email = 'ana@own.test' where id = $1", [id])
  await meAs({ ...claims, name: 'Ana Changed', email: 'ana@changed.test' })
  const [row] = await world.sql('select name, email from plinth.people where id = $1', [id])
  assert.deepEqual(row, { name: 'Ana Own', email: 'ana@own.test' })
})
