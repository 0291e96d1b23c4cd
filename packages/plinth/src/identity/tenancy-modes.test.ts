import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { z } from 'zod'
import { permissions, signedIn } from '../access/index.ts'
import { entity } from '../data/index.ts'
import { feature, route } from '../feature/index.ts'
import type { EvilProvider, Person, World } from '../testing/index.ts'
import { startEvilProvider, startWorld } from '../testing/index.ts'

const note = entity('note', { text: z.string().max(40) })
const may = permissions('board', { read: 'See the board', write: 'Write on it' })
const board = feature('board', {
  entities: [note],
  permissions: [may],
  routes: [
    route('GET /board', {
      access: may.read,
      returns: z.object({ notes: z.array(z.string()), tenant: z.string() }),
      handle: async ({ db }) => {
        const { rows } = await db.query<{ text: string }>('select text from app.notes order by 1')
        return { notes: rows.map(({ text }) => text), tenant: db.tenant }
      },
    }),
    route('POST /board', {
      access: signedIn(),
      tenant: 'required',
      body: z.strictObject({ text: z.string() }),
      handle: async ({ db, body }) => void (await note.insert(db, body)),
    }),
    route('DELETE /board', { access: may.write, handle: () => undefined }),
  ],
})

let evil: EvilProvider
before(async () => {
  evil = await startEvilProvider()
})
after(() => evil[Symbol.asyncDispose]())

async function arrived(world: World, sub: string): Promise<Person> {
  const person = world.visitor()
  const claims = { sub, name: sub, email: `${sub}@one.test`, email_verified: true }
  evil.next('token', { claims })
  evil.next('userinfo', { userinfo: claims })
  await evil.signIn(person)
  return person
}
/** What hooks refuse at the moment. */
let [unwanted, shut]: [string, string] = ['', '']
const me = async (person: Person) => (await person.get('/auth/web/me')).body

suite('mode none: everybody shares one tenant that nobody sees', () => {
  let world: World
  before(async () => {
    world = await startWorld({
      features: [board],
      providers: [evil],
      hooks: { mayJoin: ({ email, isNewPerson }) => !(isNewPerson && email === unwanted) },
      settings: { 'tenancy.mode': 'none', 'tenancy.member_permissions': ['board:read'] },
    })
  })
  after(() => world[Symbol.asyncDispose]())

  test('people who sign in read what the others wrote, with the permissions of members', async () => {
    const [ana, ben] = [await arrived(world, 'ana'), await arrived(world, 'ben')]
    assert.equal((await ana.post('/board', { text: 'from ana' })).status, 204)
    assert.deepEqual((await ben.get('/board')).body['notes'], ['from ana'])
    assert.equal((await ben.delete('/board')).status, 403)
    const { tenant, permissions: held } = await me(ben)
    assert.deepEqual([tenant, held], [null, ['board:read']])
  })

  test('hook mayJoin: whom the service does not want does not come in by signing in, and is not made; whoever is in stays', async () => {
    await arrived(world, 'inge')
    unwanted = 'inge@one.test'
    assert.equal((await me(await arrived(world, 'inge')))['authenticated'], true)
    unwanted = 'uwe@one.test'
    assert.equal((await me(await arrived(world, 'uwe')))['authenticated'], false)
    const { rows } = await world.database.platform.query(
      "select name from plinth.people where email = 'uwe@one.test'",
    )
    assert.deepEqual(rows, [])
    unwanted = ''
    assert.equal((await me(await arrived(world, 'uwe')))['authenticated'], true)
  })

  test('nothing tells that there are tenants: no route, and no name is listened to', async () => {
    const ana = await arrived(world, 'ana')
    for (const path of ['/tenants', '/api/v1/platform/tenants', '/t/the-one-tenant/board']) {
      assert.equal((await ana.get(path)).status, 404, path)
    }
    assert.equal((await ana.post('/auth/switch-tenant', { tenant: 'x' })).status, 404)
    assert.equal((await ana.get('/board', { 'x-tenant-id': 'Whatever' })).status, 200)
  })
})

suite('mode organisations: people create some, and belong to several', () => {
  let world: World
  before(async () => {
    world = await startWorld({
      features: [board],
      providers: [evil],
      hooks: { maySwitch: ({ to }) => to !== shut },
      settings: { 'tenancy.mode': 'organisations', 'tenancy.default_tenant': 'lobby' },
    })
  })
  after(() => world[Symbol.asyncDispose]())

  test('TN-03 TN-20 who arrives belongs nowhere, creates an organisation, and enters it by name or by switching', async () => {
    const ana = await arrived(world, 'ana')
    assert.equal((await me(ana))['tenant'], null)
    const none = await ana.get('/board')
    assert.deepEqual([none.status, none.body['detail']], [400, 'Tenant identifier required'])
    const made = await ana.post<{ id: string }>('/tenants', { name: 'Acme', slug: 'acme' })
    assert.equal(made.status, 201)
    const named = await ana.get('/board', { 'x-tenant-id': 'acme' })
    assert.equal(named.body['tenant'], made.body.id)
    assert.equal((await ana.post('/auth/switch-tenant', { tenant: 'acme' })).status, 200)
    assert.equal((await ana.get('/board')).body['tenant'], made.body.id)
    const ben = await arrived(world, 'ben')
    assert.equal((await ben.get('/board', { 'x-tenant-id': 'acme' })).status, 404)
    const back = await arrived(world, 'ana')
    assert.equal((await me(back))['tenant'] === null, false, 'a later sign-in begins there')
  })

  test('hook maySwitch: into a tenant that it shuts leads no switch, no name, no new sign-in and no default', async () => {
    const eva = await arrived(world, 'eva')
    const { body } = await eva.post<{ id: string }>('/tenants', { name: 'Debt', slug: 'debt' })
    assert.equal((await eva.get('/board', { 'x-tenant-id': 'debt' })).status, 200)
    shut = body.id
    const named = await eva.get('/board', { 'x-tenant-id': 'debt' })
    assert.deepEqual([named.status, named.body['code']], [403, 'tenant.entry_refused'])
    assert.equal((await eva.post('/auth/switch-tenant', { tenant: 'debt' })).status, 403)
    const again = await arrived(world, 'eva')
    assert.equal((await me(again))['tenant'], null)
    assert.equal((await again.get('/board')).status, 400)
    assert.equal((await again.get('/tenants/debt')).status, 200, 'they may still look after it')
    shut = ''
    const back = await arrived(world, 'eva')
    assert.equal((await back.get('/board')).body['tenant'], body.id)
  })

  test('the default tenant is for its members who name none, and for nobody else', async () => {
    const carl = await arrived(world, 'carl')
    assert.equal((await carl.get('/board')).status, 400)
    await (await arrived(world, 'owner')).post('/tenants', { name: 'Lobby', slug: 'lobby' })
    assert.equal((await carl.get('/board')).status, 400)
    await world.signIn('dora', { tenant: 'lobby' })
    const dora = await world.signIn('dora', { tenant: 'lobby' })
    assert.equal((await dora.get('/board')).status, 200)
  })
})
