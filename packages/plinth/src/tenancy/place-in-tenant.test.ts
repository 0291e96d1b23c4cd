import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import type { Principal } from '../access/index.ts'
import { signedIn } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import { aboutTenant } from './about-tenant.ts'
import type { Arranged } from './tenancy.fixture.ts'
import { arrange, ask, bearerOf, here, principalOfBearer } from './tenancy.fixture.ts'

const made = feature('made', {
  routes: [
    route('GET /made', {
      access: signedIn(),
      tenant: 'required',
      handle: ({ reply }) => void reply.header('location', '/things/1'),
    }),
  ],
})

const about = feature('about', {
  routes: [
    aboutTenant(
      route('GET /about/:id', {
        access: signedIn(),
        tenant: 'required',
        params: { id: z.string() },
        returns: z.object({ tenant: z.string() }),
        handle: ({ db }) => ({ tenant: db.tenant }),
      }),
    ),
  ],
})

let world: World
let ana: Arranged
before(async () => {
  world = await startWorld({
    features: [here, made, about],
    authenticate: ({ headers }) => principalOfBearer(headers.authorization),
    settings: {
      'tenancy.mode': 'organisations',
      'tenancy.strategies': ['header', 'subdomain', 'claim', 'path'],
      'tenancy.base_domain': 'api.example.com',
    },
  })
  ana = await arrange(world, ['acme', 'other', 'evil', 'shut'], ['acme', 'other', 'shut'])
  await world.database.platform.query(
    "update plinth.tenants set status = 'suspended' where slug = 'shut'",
  )
})
after(() => world[Symbol.asyncDispose]())

/** What a request says in each way; what is left out is not said. */
interface Said {
  readonly header?: string | undefined
  readonly subdomain?: string | undefined
  readonly claim?: unknown
  readonly path?: string | undefined
  /** The credential's own tenant. */
  readonly own?: string
  readonly credential?: Partial<Principal>
}

function say(said: Said, target = '/required') {
  const { header, subdomain, claim, path, own, credential } = said
  const bearer = bearerOf({
    person: ana.person,
    ...credential,
    ...(claim !== undefined && { claims: { tenant_id: claim } }),
    ...(own !== undefined && { tenant: ana.tenants[own] ?? null, permissions: ['x:own'] }),
  })
  const host = subdomain === undefined ? 'localhost' : `${subdomain}.api.example.com`
  return ask(world, path === undefined ? target : `/t/${path}${target}`, {
    host,
    authorization: bearer,
    ...(header !== undefined && { 'x-tenant-id': header }),
  })
}

const ways = ['header', 'subdomain', 'claim', 'path'] as const

for (const way of ways) {
  test(`TN-01 D11 by ${way} alone: a member stands in the right tenant, by short name and by id`, async () => {
    const id = ana.tenants['acme']
    for (const name of ['acme', id]) {
      const { status, body } = await say({ [way]: name })
      assert.deepEqual([status, body['tenant'], body['permissions']], [200, id, ['*']])
    }
  })

  test(`TN-02 D11 by ${way} alone: foreign, suspended and unknown answer alike`, async () => {
    const named = ['evil', 'shut', 'nowhere', ana.tenants['evil'], ana.tenants['shut'], newId()]
    const answers = await Promise.all(named.map((name) => say({ [way]: name })))
    const bodies = new Set(
      answers.map(({ body }) => JSON.stringify({ ...body, request_id: '', instance: '' })),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      named.map(() => 404),
    )
    assert.equal(bodies.size, 1)
    assert.equal(answers[0]?.body['detail'], 'Tenant not found or inactive')
    const optional = await say({ [way]: 'evil' }, '/optional')
    assert.equal(optional.status, 404, 'a name is never passed over in silence')
  })
}

test('TN-03 D11 required and none given: 400 with the sentence; elsewhere nothing is asked', async () => {
  const { status, body } = await say({})
  assert.deepEqual([status, body['detail']], [400, 'Tenant identifier required'])
  assert.deepEqual((await say({}, '/optional')).body, { tenant: null, permissions: [] })
  assert.equal((await say({ header: 'evil' }, '/none')).status, 200)
})

const pairs = ways.flatMap((one, at) => ways.slice(at + 1).map((two) => [one, two] as const))
for (const [one, two] of pairs) {
  test(`TN-04 D11 ${one} and ${two} disagree: refused in both directions; agreeing they are one`, async () => {
    const tried = [
      { [one]: 'acme', [two]: 'other' },
      { [one]: 'other', [two]: 'acme' },
    ]
    for (const said of tried) {
      const { status, body } = await say(said)
      assert.deepEqual([status, body['code']], [400, 'tenant.conflict'])
    }
    const agreeing = await say({ [one]: 'acme', [two]: ana.tenants['acme'] })
    assert.equal(agreeing.body['tenant'], ana.tenants['acme'])
    assert.equal((await say({ [one]: 'acme', [two]: 'evil' })).status, 404, 'unknown comes first')
  })
}

for (const way of ways) {
  test(`TN-05 TN-07 D11 the credential's own tenant is the authority: ${way} only narrows`, async () => {
    const other = await say({ own: 'acme', [way]: 'other' })
    assert.deepEqual([other.status, other.body['code']], [400, 'tenant.conflict'])
    assert.equal((await say({ own: 'acme', [way]: 'evil' })).status, 404)
    const same = await say({ own: 'acme', [way]: 'acme' })
    assert.deepEqual([same.status, same.body['permissions']], [200, ['x:own']])
  })
}

const odd = ['acme,other', 'acme, acme', ' , ', 'ACME', 'Acme', 'a_b', '%61cme', '{a}', '*', 'null']
test('TN-14 a path that is about a tenant leads no key or token out of its own, and a browser where its person belongs', async () => {
  const of = async (slug: string, said: Partial<Principal>) => {
    const { status, body } = await say({ own: 'acme', credential: said }, `/about/${slug}`)
    return status === 200 ? body['tenant'] : body['code']
  }
  const [acme, other] = [ana.tenants['acme'], ana.tenants['other']]
  assert.deepEqual([await of('acme', {}), await of('other', {})], [acme, 'tenant.conflict'])
  const lost = await say({ credential: { tenantLost: true } }, '/about/other')
  assert.deepEqual([lost.status, lost.body['code']], [404, 'tenant.unknown'])
  const cookie = { credential: { kind: 'cookie', id: 'session', authenticatedAt: 0 } } as const
  assert.deepEqual([await of('acme', cookie), await of('other', cookie)], [acme, other])
  for (const slug of ['evil', 'shut', 'nowhere'])
    assert.equal(await of(slug, cookie), 'tenant.unknown', slug)
})

test('TN-06 an odd header has one reading or none', async () => {
  const id = ana.tenants['acme'] ?? ''
  for (const header of [...odd, id.toUpperCase(), `{${id}}`, id.replaceAll('-', '')]) {
    const { status, body } = await say({ header })
    assert.deepEqual([status, body['code']], [400, 'tenant.malformed'], header)
  }
  assert.equal((await say({ header: '  acme\t' })).body['tenant'], id, 'HTTP drops space around it')
  const authorization = bearerOf({ person: ana.person })
  const twice = { authorization, 'x-tenant-id': ['acme', 'acme'] }
  assert.equal((await ask(world, '/required', twice)).status, 400)
  const underscore = { authorization, x_tenant_id: 'acme' }
  assert.equal((await ask(world, '/required', underscore)).status, 400, 'another header is none')
})

test('TN-11 odd claims are refused', async () => {
  const odd = [['acme'], 7, { id: 'acme' }, '', '*', 'null', '__proto__', 'x'.repeat(9_000), true]
  for (const claim of odd) {
    const { status, body } = await say({ claim })
    assert.deepEqual([status, body['code']], [401, 'tenant.invalid_claim'], String(claim))
  }
})

test('TN-10 every spelling of a path has one tenant for guard and router', async () => {
  const answers = async (target: string) => (await say({}, target)).status
  const spellings: readonly (readonly [string, number])[] = [
    ['/t/acme/../evil/required', 404],
    ['/t/acme%2f..%2fevil/required', 404],
    ['//t/acme/required', 404],
    ['/t//acme/required', 404],
    ['/T/acme/required', 404],
    ['/t/acme;evil/required', 404],
    ['/t/%61cme/required', 404],
    ['/t/acme/t/evil/required', 404],
    ['/t/acme/t/acme/required', 404],
    ['/t/acme/required', 200],
    ['/t/acme/required/', 200],
  ]
  for (const [target, status] of spellings) assert.equal(await answers(target), status, target)
  const { body } = await say({}, '/t/evil/t/acme/required')
  assert.notEqual(body['tenant'], ana.tenants['acme'])
})

test('TN-10 the Location of what was made by a path with a tenant leads there again', async () => {
  const { location } = await new Promise<{ location: string | undefined }>((resolve, reject) => {
    const headers = { authorization: bearerOf({ person: ana.person }) }
    const made = (answer: IncomingMessage) => resolve({ location: answer.headers.location })
    request(`${world.url}/t/acme/made`, { headers }, made).on('error', reject).end()
  })
  assert.equal(location, '/t/acme/things/1')
})

test('TN-20 D18 an e-mail domain joins nobody: an address of a member’s domain opens nothing', async () => {
  const stranger = newId<'person'>()
  await world.database.platform.query(
    "insert into plinth.people (id, name, email, email_verified) values ($1, 'Eve', 'eve@acme.test', true)",
    [stranger],
  )
  const authorization = bearerOf({ person: stranger, email: 'eve@acme.test' })
  const answer = await ask(world, '/required', { authorization, 'x-tenant-id': 'acme' })
  assert.equal(answer.status, 404)
})

test('somebody else’s people, whom no table of ours knows, belong nowhere by name', async () => {
  const authorization = bearerOf({ person: 'auth0|123' as Id<'person'> })
  const answer = await ask(world, '/required', { authorization, 'x-tenant-id': 'acme' })
  assert.equal(answer.status, 404)
})
