import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilProvider, Json } from '../../testing/evil-provider/index.ts'
import type { Me, RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty()
})
beforeEach(() => party.calm())
after(() => party[Symbol.asyncDispose]())

/** Who somebody with these claims is here. */
async function meAs(claims: Json, through: EvilProvider = party.evil): Promise<Me['user']> {
  through.always({ claims })
  const person = party.world.visitor()
  await through.signIn(person)
  return (await meOf(person)).user
}

test('RP-50 subjects are compared byte by byte: case, NFC and NFD are different people', async () => {
  const subjects = ['é'.normalize('NFC'), 'é'.normalize('NFD'), 'rp-50', 'RP-50', 'rp-50 ', '０']
  const ids: unknown[] = []
  for (const [at, sub] of subjects.entries()) {
    ids.push((await meAs({ sub, email: `s${at}@example.com` }))?.id)
  }
  assert.equal(new Set(ids).size, subjects.length)
})

const UNVERIFIED: readonly (readonly [string, unknown])[] = [
  ...([
    ['false', false],
    ['missing', undefined],
    ['the text "true"', 'true'],
  ] as const),
  ...([
    ['1', 1],
    ['null', null],
    ['a list', [true]],
  ] as const),
]
for (const [at, [title, verified]] of UNVERIFIED.entries()) {
  test(`RP-72 v5.0.0-V6.8.1 D8 an e-mail that belongs to somebody, email_verified ${title}: another person, without it`, async () => {
    const email = `owner-${at}@example.com`
    const owner = await meAs({ sub: `owner-${at}`, email }, party.other)
    const other = await meAs({ sub: `claimant-${at}`, email, email_verified: verified })
    assert.ok(owner && other)
    assert.notEqual(other.id, owner.id)
    assert.deepEqual([owner.email, other.email], [email, null])
    const rows = await party.sql<{ n: number }>(
      'select count(*)::int as n from plinth.identities where person_id = $1',
      [owner.id],
    )
    assert.deepEqual(rows, [{ n: 1 }])
  })
}

test('RP-74 v5.0.0-V6.8.1 D8 one subject at two issuers is two people', async () => {
  const one = await meAs({ sub: 'rp-74', email: 'one@example.com' })
  const two = await meAs({ sub: 'rp-74', email: 'two@example.com' }, party.other)
  assert.notEqual(one?.id, two?.id)
  assert.equal((await meAs({ sub: 'rp-74', email: 'one@example.com' }))?.id, one?.id)
})

test('RP-75 v5.0.0-V10.3.3 names, and a subject that is the id of somebody here, match nobody', async () => {
  // A name that nobody else has: who looks by it finds her, and not the first of many.
  const named = { preferred_username: 'admin', name: 'Ana of RP-75' }
  const ana = await meAs({ ...named, sub: 'rp-75', email: 'ana@example.com' })
  assert.equal(ana?.name, named.name)
  const ids = new Set([ana.id])
  const subjects = [ana.id, ana.name, 'admin', 'ana@example.com']
  for (const sub of subjects) {
    ids.add((await meAs({ ...named, sub, email: 'other@example.com' }))?.id ?? '')
  }
  assert.equal(ids.size, 1 + subjects.length)
})

const NIL = '00000000-0000-0000-0000-000000000000'

test('RP-76 JW-41 JW-43 roles, tenants, permissions and flags in a token give nothing', async () => {
  const me = await meAs({
    sub: 'rp-76',
    email: 'rp76@example.com',
    roles: ['admin', 'owner'],
    groups: ['/admins'],
    permissions: ['*'],
    scope: 'admin',
    tenant_id: NIL,
    is_admin: true,
    realm_access: { roles: ['admin'] },
    id: NIL,
    status: 'disabled',
    toString: 'admin',
  })
  const rows = await party.sql(
    `select m.role, t.kind, m.permissions, count(*) over ()::int as n
       from plinth.memberships m join plinth.tenants t on t.id = m.tenant_id
      where m.person_id = $1`,
    [me?.id],
  )
  assert.deepEqual(rows, [{ role: 'owner', kind: 'personal', permissions: [], n: 1 }])
  assert.notEqual(me?.id, NIL)
  const tenants = await party.sql('select 1 from plinth.tenants where id = $1', [NIL])
  const grants = await party.sql('select 1 from plinth.platform_roles where person_id = $1', [
    me?.id,
  ])
  assert.deepEqual([tenants, grants], [[], []])
})

test('RP-71 claims of a person are cut: a name of 10 kB is not kept whole', async () => {
  const me = await meAs({ sub: 'rp-71', email: 'rp71@example.com', given_name: 'x'.repeat(9_000) })
  assert.ok((me?.name.length ?? 0) <= 100)
})
