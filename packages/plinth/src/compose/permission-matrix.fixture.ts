import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { z } from 'zod'
import { inPerson, open, permissions, signedIn } from '../access/index.ts'
import { databaseSettings, entity, openDatabase } from '../data/index.ts'
import { crud } from '../entities/index.ts'
import type { RouteFacts } from '../feature/index.ts'
import { feature, html, mount, page, route } from '../feature/index.ts'
import type { CensusEntry } from '../http/index.ts'
import { newId, systemClock } from '../kernel/index.ts'
import { builtInRoles, grantPlatformRole } from '../tenancy/index.ts'
import { makeAccount, makeKey, roomyKeys } from '../testing/api-keys.ts'
import { callHttp } from '../testing/call-http.ts'
import type { Answer, Person, TestDatabase, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

const parcel = entity('parcel', { name: z.string().max(60) })
const may = permissions('dock', { open: 'Open the dock', close: 'Close the dock' })

/** A service with every kind of route there is. */
const dock = feature('dock', {
  entities: [parcel],
  permissions: [may],
  routes: [
    crud(parcel),
    route('GET /dock', { access: may.open, handle: () => undefined }),
    route('POST /dock', { access: may.close, handle: () => undefined }),
    route('GET /dock/known', { access: signedIn(), handle: () => undefined }),
    route('POST /dock/person', { access: inPerson(), handle: () => undefined }),
    route('GET /dock/open', { access: open('test'), handle: () => undefined }),
    page('/dock/page', { access: may.open, title: 'Dock', render: () => html`<p>dock</p>` }),
    mount('/dock/foreign', { access: may.open }, async (app) => {
      app.get('/', async () => 'foreign')
    }),
  ],
})

/** Somebody, with what the documents say that they hold. */
export interface Actor {
  readonly name: string
  /** A token of one's own sign-in is as good as a session; one of a machine is as a key. */
  readonly credential: 'none' | 'session' | 'key'
  /** What they hold in the tenant of the request. */
  readonly grants: readonly string[]
  readonly platform: readonly string[]
  readonly readOnly: boolean
  call(method: string, path: string): Promise<Answer>
}

/** The service of the matrix and everybody in it. */
export interface Matrix extends AsyncDisposable {
  readonly world: World
  readonly routes: readonly (CensusEntry & { readonly facts: RouteFacts })[]
  readonly actors: readonly Actor[]
}

/** Starts the service and signs in somebody of every role, with a session and with keys. */
export async function openMatrix(): Promise<Matrix> {
  await using opening = new AsyncDisposableStack()
  const world = opening.use(
    await startWorld({
      features: [dock],
      settings: { 'tenancy.mode': 'organisations', 'app.compat': ['s0', 's3', 's4'], ...roomyKeys },
    }),
  )
  const actors = await everybody(world)
  const routes = world.service.census().flatMap(({ method, url, facts }) => {
    assert.ok(facts, `${method} ${url} is outside`)
    return [{ method, url, facts }]
  })
  const opened = opening.move()
  return { world, routes, actors, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

async function everybody(world: World): Promise<readonly Actor[]> {
  const owner = await world.signIn('owner')
  const areas = ['parcel:*', 'dock:*', 'tenant:*', 'people:*', 'rbac:*']
  return [
    nobody(world),
    inSession('owner', owner, ['*']),
    inSession('a member', await world.signIn('member', { can: [] }), []),
    ...(await withRoles(world, owner)),
    inSession('a packer', await world.signIn('packer', { can: ['parcel:*'] }), ['parcel:*']),
    await platformAdministrator(world),
    await withKey(world, owner, { name: 'an admin key', type: 'admin', scopes: ['*'] }),
    await withKey(world, owner, { name: 'a narrow key', type: 'user', scopes: ['dock:open'] }),
    await withToken(world),
    await withMachineToken(world, owner),
    await withKey(world, owner, { name: 'a key that reads', type: 'readonly', scopes: areas }),
  ]
}

function nobody(world: World): Actor {
  return {
    name: 'nobody',
    credential: 'none',
    grants: [],
    platform: [],
    readOnly: false,
    call: callWith(world, {}),
  }
}

/** Calls as a program does: no cookie, no Origin. */
function callWith({ url }: World, headers: Readonly<Record<string, string>>): Actor['call'] {
  return async (method, path) => {
    const answer = await callHttp(new URL(url + path), { method, headers })
    const isJson = answer.headers.get('content-type')?.includes('json') === true
    const body = isJson ? JSON.parse(answer.text) : {}
    return { status: answer.status, headers: answer.headers, body }
  }
}

function inSession(name: string, person: Person, grants: readonly string[]): Actor {
  const calls = {
    GET: person.get,
    DELETE: person.delete,
    POST: (path: string) => person.post(path),
    PUT: (path: string) => person.put(path, {}),
    PATCH: (path: string) => person.patch(path, {}),
  } as const
  const call = (method: string, path: string) =>
    (calls[method as keyof typeof calls] as (path: string) => Promise<Answer>)(path)
  return { name, credential: 'session', grants, platform: [], readOnly: false, call }
}

/** Each built-in role, given over HTTP to somebody who holds nothing else. */
async function withRoles(world: World, owner: Person): Promise<readonly Actor[]> {
  const { body } = await owner.get<{ items: { id: string; name: string }[] }>('/api/v1/roles')
  const actors: Actor[] = []
  for (const { name, grants } of builtInRoles) {
    const person = await world.signIn(name, { can: [] })
    const role = body.items.find((one) => one.name === name)?.id
    const link = `/api/v1/people/${await idOf(world, name)}/roles/${role}`
    assert.equal((await owner.put(link, {})).status, 204)
    actors.push(inSession(`the role ${name}`, person, grants))
  }
  return actors
}

async function platformAdministrator(world: World): Promise<Actor> {
  const grants = ['parcel:read']
  await world.signIn('chief', { can: grants })
  const { ownerUrl, settings } = world.testDatabase
  await using opened = ownedBy(settings, ownerUrl)
  await grantPlatformRole(opened.platform, 'chief@example.com', ['platform:*'])
  const person = await world.signIn('chief', { can: grants })
  return { ...inSession('a platform administrator', person, grants), platform: ['platform:*'] }
}

function ownedBy(settings: TestDatabase['settings'], url: string) {
  const parsed = databaseSettings.parse({ ...settings, url, pool_size: 1 })
  const log = { info() {}, warn() {}, error() {} }
  const database = openDatabase({ settings: parsed, clock: systemClock, log })
  return { platform: database.platform, [Symbol.asyncDispose]: () => database.close() }
}

async function withKey(
  world: World,
  owner: Person,
  { name, ...body }: { name: string; type: string; scopes: readonly string[] },
): Promise<Actor> {
  const made = await makeKey(owner, body)
  const call = callWith(world, { 'x-api-key': made.key })
  const readOnly = body.type === 'readonly'
  return { name, credential: 'key', grants: body.scopes, platform: [], readOnly, call }
}

const PASSWORD = 'correct horse battery staple'

/** Somebody who signed in by the token API; the hash is as another system would have left it. */
async function withToken(world: World): Promise<Actor> {
  const grants = ['dock:*', 'rbac:read']
  await world.signIn('bearer', { can: grants })
  const hash = pbkdf2Sync(PASSWORD, 'salt-of-16-bytes', 10_000, 32, 'sha256').toString('base64')
  const salt = Buffer.from('salt-of-16-bytes').toString('base64')
  const text = `$pbkdf2-sha256$10000$${salt}$${hash}`.replaceAll('=', '')
  const person = await idOf(world, 'bearer')
  await world.database.platform.batch([
    {
      text: 'insert into plinth.credentials (person_id, hash, changed_at) values ($1, $2, now())',
      values: [person, text],
    },
    {
      text: "insert into plinth.sign_in_names (name_key, person_id, kind, name) values ('bearer', $1, 'username', 'bearer')",
      values: [person],
    },
  ])
  const signedIn = await world
    .visitor()
    .post('/auth/login', { username: 'bearer', password: PASSWORD })
  assert.equal(signedIn.status, 200, JSON.stringify(signedIn.body))
  const call = callWith(world, { authorization: `Bearer ${signedIn.body['access_token']}` })
  return {
    name: 'an access token',
    credential: 'session',
    grants,
    platform: [],
    readOnly: false,
    call,
  }
}

/** A machine that holds a token of a client (RFC 6749 4.4). */
async function withMachineToken(world: World, owner: Person): Promise<Actor> {
  const grants = ['parcel:read', 'tenant:*']
  const service_account_id = await makeAccount(owner, { permissions: grants })
  const made = await owner.post('/api/v1/oauth-clients', {
    name: 'm',
    service_account_id,
    scopes: grants,
  })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const { id, client_secret: secret } = made.body
  const answer = await fetch(`${world.url}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  })
  const said: { access_token?: string } = JSON.parse(await answer.text())
  assert.equal(answer.status, 200, JSON.stringify(said))
  const call = callWith(world, { authorization: `Bearer ${said.access_token}` })
  return { name: 'a machine token', credential: 'key', grants, platform: [], readOnly: false, call }
}

async function idOf({ database }: World, name: string): Promise<string> {
  const { rows } = await database.platform.query<{ id: string }>(
    'select id from plinth.people where name = $1',
    [name],
  )
  return rows[0]?.id ?? ''
}

/** What somebody may be answered on a route. */
export type Expected = 'in' | 'not_signed_in' | 'in_person' | 'read_only' | 'not_permitted'

/**
 * What the documents promise: written anew, and not with the code that it judges. A grant is read as a
 * pattern here.
 */
export function expected({ facts, method }: Matrix['routes'][number], actor: Actor): Expected {
  const { access } = facts
  if (access.kind === 'open') return 'in'
  if (actor.credential === 'none') return 'not_signed_in'
  if (actor.readOnly && method !== 'GET') return 'read_only'
  if (access.kind === 'signed-in') return 'in'
  if (access.kind === 'in-person') return actor.credential === 'session' ? 'in' : 'in_person'
  const { permission } = access
  const held = permission.startsWith('platform:') ? actor.platform : actor.grants
  const patterns = held.map((grant) => new RegExp(`^${grant.replace('*', '.*')}$`))
  return patterns.some((pattern) => pattern.test(permission)) ? 'in' : 'not_permitted'
}

const DENIALS: readonly unknown[] = ['not_signed_in', 'in_person', 'read_only', 'not_permitted']

/**
 * Calls a route with a query field that nothing takes: whoever the guard lets in is answered 422, or by
 * a page, before anything is done.
 */
export async function answered({ method, url }: CensusEntry, actor: Actor): Promise<string> {
  const path = url.replace('/tenants/:id', '/tenants/acme').replaceAll(/:\w+/g, () => newId())
  const { status, body } = await actor.call(method, `${path.replace('*', 'x')}?zz=1`)
  const code = String(body?.['code'] ?? '').replace('access.', '')
  const isDenied = (status === 401 || status === 403) && DENIALS.includes(code)
  return isDenied ? code : 'in'
}
