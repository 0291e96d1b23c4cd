import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { signedIn } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { Answer, Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'

const here = feature('here', {
  routes: [
    route('GET /here', {
      access: signedIn(),
      tenant: 'required',
      returns: z.object({ tenant: z.string() }),
      handle: async ({ db }) => {
        const { rows } = await db.query<{ slug: string }>(
          'select distinct slug from plinth.tenants t join plinth.memberships m on m.tenant_id = t.id',
        )
        return { tenant: rows.map(({ slug }) => slug).join() }
      },
    }),
  ],
})

let world: World
before(async () => {
  world = await startWorld({ features: [here] })
})
after(() => world[Symbol.asyncDispose]())

const COOKIE = 'user_session_id'
const switchTo = (person: Person, tenant: string) => person.post('/auth/switch-tenant', { tenant })
const tenantOf = async (person: Person) => (await person.get('/here')).body['tenant']

/** Somebody who works in acme and belongs to beta too. */
async function anaIn(name = 'ana'): Promise<Person> {
  await world.signIn(name, { tenant: 'beta' })
  return world.signIn(name, { tenant: 'acme' })
}

/** The same browser with the cookie and token that it had before. */
async function formerly(person: Person): Promise<Person> {
  const copy = world.visitor()
  for (const [key, value] of person.cookies) copy.cookies.set(key, value)
  await copy.refreshCsrf()
  return copy
}

test('TN-12 D23 switching gives another id and CSRF token, and the other tenant’s rows only', async () => {
  const ana = await anaIn()
  const before = { id: ana.cookies.get(COOKIE), csrf: await ana.refreshCsrf() }
  assert.equal(await tenantOf(ana), 'acme')
  const { status, body } = await switchTo(ana, 'beta')
  assert.equal(status, 200)
  const tenant = body['tenant'] as { readonly slug: string; readonly id: string }
  assert.equal(tenant.slug, 'beta')
  assert.notEqual(ana.cookies.get(COOKIE), before.id)
  assert.notEqual(body['csrf_token'], before.csrf)
  const me = await ana.get<{ csrf_token: string; tenant: { slug: string } }>('/auth/web/me')
  assert.deepEqual([me.body.csrf_token, me.body.tenant.slug], [body['csrf_token'], 'beta'])
  assert.equal(await tenantOf(ana), 'beta')
  assert.equal((await switchTo(ana, 'acme')).status, 200)
  const { rows } = await world.database
    .forTenant(tenant.id as Parameters<typeof world.database.forTenant>[0])
    .query("select actor_kind, outcome from plinth.audit_events where action = 'tenant.entered'")
  assert.deepEqual(rows, [{ actor_kind: 'person', outcome: 'success' }])
})

test('TN-12 D9 inside the grace the old id answers reads where it was, repeats the same answer, and switches nowhere else', async () => {
  const ana = await anaIn('grace')
  const old = await formerly(ana)
  await switchTo(ana, 'beta')
  assert.equal(await tenantOf(old), 'acme')
  const elsewhere = await switchTo(await formerly(old), 'acme')
  assert.deepEqual([elsewhere.status, elsewhere.body['code']], [401, 'auth.invalid_session'])
  const again = await switchTo(old, 'beta')
  assert.equal(again.status, 200)
  assert.equal(old.cookies.get(COOKIE), ana.cookies.get(COOKIE))
})

test('TN-12 SB-26 the old id after the grace ends both', async () => {
  const ana = await anaIn('late')
  const old = await formerly(ana)
  await switchTo(ana, 'beta')
  world.clock.advance(11_000)
  assert.equal((await old.get('/here')).status, 401)
  assert.equal((await ana.get('/here')).status, 401)
})

test('TN-12 ten switches at once lead to one session', async () => {
  const ana = await anaIn('quick')
  const copies = await Promise.all(Array.from({ length: 10 }, () => formerly(ana)))
  const answers = await Promise.all(copies.map((copy) => switchTo(copy, 'beta')))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  assert.equal(new Set(copies.map(({ cookies }) => cookies.get(COOKIE))).size, 1)
})

test('TN-02 TN-18 a tenant that is unknown, shut or another’s answers alike, and the session stays', async () => {
  const ana = await anaIn()
  await world.signIn('eve', { tenant: 'evil' })
  await world.signIn('ana', { tenant: 'closing' })
  const { platform } = world.database
  await platform.query("update plinth.tenants set status = 'suspended' where slug = 'closing'")
  const evil = await platform.query<{ id: string }>(
    "select id from plinth.tenants where slug = 'evil'",
  )
  const id = ana.cookies.get(COOKIE)
  const named = ['nowhere', 'closing', 'evil', evil.rows[0]?.id ?? '']
  const answers: Answer[] = []
  for (const tenant of named) answers.push(await switchTo(ana, tenant))
  const bodies = answers.map(({ body }) => JSON.stringify({ ...body, request_id: '' }))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [404])
  assert.equal(new Set(bodies).size, 1)
  assert.equal(ana.cookies.get(COOKIE), id)
  assert.equal((await switchTo(ana, 'No Name')).status, 422)
})

test('D4 switching takes the token and the origin of our own pages, and somebody signed in', async () => {
  const ana = await anaIn()
  const forged = await ana.post('/auth/switch-tenant', { tenant: 'beta' }, { 'x-csrf-token': 'x' })
  assert.equal(forged.status, 403)
  const foreign = await ana.post(
    '/auth/switch-tenant',
    { tenant: 'beta' },
    { origin: 'http://evil' },
  )
  assert.equal(foreign.status, 403)
  assert.equal((await switchTo(world.visitor(), 'beta')).status, 401)
})

test('D11 a browser that works in one tenant may confirm it by header, and name no other', async () => {
  const ana = await anaIn()
  const named = (tenant: string) => ana.get('/here', { 'x-tenant-id': tenant })
  assert.equal((await named('acme')).body['tenant'], 'acme')
  assert.deepEqual((await named('beta')).body['code'], 'tenant.conflict')
  assert.equal((await named('evil')).status, 404)
})

test('a tenant that was lost is not found where one is needed, and the way out stays open', async () => {
  const ana = await anaIn('lost')
  const { platform } = world.database
  const { rows } = await platform.query<{ id: string; person: string }>(
    `select t.id, p.id as person from plinth.tenants t, plinth.people p
      where t.slug = 'acme' and p.name = 'lost'`,
  )
  const [row] = rows
  assert.ok(row)
  await world.database
    .forTenant(row.id as Parameters<typeof world.database.forTenant>[0])
    .query('delete from plinth.memberships where person_id = $1', [row.person])
  const gone = await ana.get('/here')
  assert.deepEqual([gone.status, gone.body['code']], [404, 'tenant.unknown'])
  assert.equal((await ana.get<{ authenticated: boolean }>('/auth/web/me')).body.authenticated, true)
  await switchTo(ana, 'beta')
  assert.equal(await tenantOf(ana), 'beta')
})
