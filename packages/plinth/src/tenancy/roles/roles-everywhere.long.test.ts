import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { permissions } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import { makeKey, roomyKeys } from '../../testing/api-keys.ts'
import type { Answer, Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import type { SecondProcess } from '../../testing/second-process.ts'
import { startSecondProcess } from '../../testing/second-process.ts'

const may = permissions('stock', { count: 'Count the stock', move: 'Move the stock' })
const shop = feature('shop', {
  permissions: [may],
  routes: [route('GET /count', { access: may.count, handle: () => undefined })],
})

let world: World
let second: SecondProcess
let ana: Person
before(async () => {
  const settings = { 'tenancy.mode': 'organisations', ...roomyKeys } as const
  world = await startWorld({ features: [shop], settings })
  second = await startSecondProcess(world, [], settings, { features: [shop] })
  ana = await world.signIn('ana')
})
after(async () => {
  await second?.[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const idOf = async (name: string): Promise<string> => {
  const { rows } = await world.database.platform.query<{ id: string }>(
    'select id from plinth.people where name = $1',
    [name],
  )
  return rows[0]?.id ?? ''
}

type Ask = (url: string) => Promise<number>

/** Asks with a session. Its id changes with its rights; the old one answers for ten seconds more. */
function withSession(person: Person): Ask {
  return async (url) => {
    const cookie = [...person.cookies].map((pair) => pair.join('=')).join('; ')
    const headers = { cookie, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0' }
    return (await fetch(`${url}/count`, { headers })).status
  }
}
const withKey =
  (key: string): Ask =>
  async (url) =>
    (await fetch(`${url}/count`, { headers: { 'x-api-key': key } })).status

/** From a second after a change on, every process answers as it says; and never again as before. */
async function seenEverywhere(ask: Ask, change: () => Promise<Answer>, wanted: number) {
  const watched = [world.url, second.url]
  let changed = Number.POSITIVE_INFINITY
  const watch = async (url: string) => {
    let seen = 0
    while (seen < 5) {
      const asked = performance.now()
      const isSeen = (await ask(url)) === wanted
      assert.ok(isSeen || seen === 0, `${url} went back to what was`)
      assert.ok(isSeen || asked - changed < 1_000, `${url} was old after a second`)
      if (isSeen) seen += 1
    }
  }
  const changing = sleep(20).then(async () => {
    const { status, body } = await change()
    changed = performance.now()
    assert.ok(status < 300, JSON.stringify(body))
  })
  await Promise.all([changing, ...watched.map(watch)])
}

test('v5.0.0-V8.3.2 what a role gives or takes counts in every process within a second: session and key', async () => {
  const signedIn = () => world.signIn('ben', { can: ['stock:move'] })
  const ben = await signedIn()
  const person = await idOf('ben')
  const made = await ana.post('/api/v1/roles', { name: 'Counters' })
  const role = `/api/v1/roles/${made.body['id']}`
  const held = `/api/v1/people/${person}/roles/${made.body['id']}`
  await ana.put(held, {})
  await ana.put(`${role}/permissions/stock:count`, {})
  const { key } = await makeKey(ben, { scopes: ['stock:count'] })
  const off: readonly (() => Promise<Answer>)[] = [
    () => ana.delete(`${role}/permissions/stock:count`),
    () => ana.patch(role, { is_active: false }),
    () => ana.delete(held),
  ]
  const on: readonly (() => Promise<Answer>)[] = [
    () => ana.put(`${role}/permissions/stock:count`, {}),
    () => ana.patch(role, { is_active: true }),
    () => ana.put(held, {}),
  ]
  for (const [at, take] of off.entries()) {
    const give = on[at] ?? take
    await seenEverywhere(withSession(await signedIn()), take, 403)
    await seenEverywhere(withSession(await signedIn()), give, 204)
    await seenEverywhere(withKey(key), take, 403)
    await seenEverywhere(withKey(key), give, 204)
  }
  await seenEverywhere(withKey(key), () => ana.delete(role), 403)
})

test('TN-14 a key of one tenant is refused where another is named, and sees nothing of it', async () => {
  const eve = await world.signIn('eve', { tenant: 'evil' })
  const { key } = await makeKey(ana, {
    scopes: ['stock:count', 'rbac:read', 'tenant:read_members'],
  })
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(world.url + path, { headers: { 'x-api-key': key, ...headers } })
    return { status: answer.status, text: await answer.text() }
  }
  assert.equal((await ask('/count')).status, 204)
  assert.equal((await ask('/count', { 'x-tenant-id': 'acme' })).status, 204)
  const theirs = await eve.post('/api/v1/roles', { name: 'Secret of evil' })
  const tried = [
    await ask('/count', { 'x-tenant-id': 'evil' }),
    await ask('/tenants/evil/members'),
    await ask(`/api/v1/roles/${theirs.body['id']}`),
    await ask('/api/v1/roles', { 'x-tenant-id': 'evil' }),
  ]
  for (const { status, text } of tried) {
    assert.ok([400, 403, 404].includes(status), `${status} ${text}`)
    assert.ok(!text.includes('Secret of evil'))
  }
  assert.ok(!(await ask('/api/v1/roles?limit=100')).text.includes('Secret of evil'))
  // Somebody of both tenants: the key stays with the one it was made in.
  await world.signIn('ana', { tenant: 'evil' })
  assert.deepEqual((await ask('/count', { 'x-tenant-id': 'evil' })).status, 400)
  assert.equal((await ask('/tenants/evil/members')).status, 400)
  const { text } = await ask('/tenants?count=exact')
  const { items, total } = JSON.parse(text) as { items: { slug: string }[]; total: number }
  assert.deepEqual([items.map(({ slug }) => slug), total], [['acme'], 1])
  const made = await fetch(`${world.url}/tenants`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: '{"name":"Mine"}',
  })
  assert.equal(((await made.json()) as { code: string }).code, 'access.in_person')
})

test('a key raises nobody above itself, whoever it acts for: members, roles, invitations', async () => {
  const low = await world.signIn('low', { can: [] })
  assert.equal((await low.get('/count')).status, 403)
  const person = await idOf('low')
  const scopes = ['tenant:*', 'people:*', 'rbac:*']
  const { key } = await makeKey(ana, { scopes })
  const send = async (method: string, path: string, body: object) => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json' }
    const answer = await fetch(world.url + path, { method, headers, body: JSON.stringify(body) })
    return { status: answer.status, text: await answer.text() }
  }
  const { body } = await ana.get<{ items: { id: string; name: string }[] }>('/api/v1/roles')
  const admin = body.items.find(({ name }) => name === 'admin')?.id
  const invited = (role: string) => ({
    email: `${role}@elsewhere.test`,
    role,
    first_name: 'E',
    last_name: 'E',
  })
  const beyond = [
    await send('PATCH', `/tenants/acme/members/${person}`, { role: 'owner' }),
    await send('PATCH', `/tenants/acme/members/${person}`, { permissions: ['stock:count'] }),
    await send('PUT', `/api/v1/people/${person}/roles/${admin}`, {}),
    await send('POST', '/api/v1/roles', { name: 'All', permissions: ['*'] }),
    await send('POST', '/api/v1/roles', { name: 'Stock', permissions: ['stock:count'] }),
    await send('POST', '/api/v1/people', invited('admin')),
    await send('POST', '/tenants/acme/invitations', { email: 'a@elsewhere.test', role: 'admin' }),
  ]
  assert.deepEqual(
    beyond.map(({ status }) => status),
    beyond.map(() => 403),
    JSON.stringify(beyond.map(({ text }) => text)),
  )
  const made = await send('POST', '/api/v1/roles', {
    name: 'Deputies',
    permissions: ['people:read'],
  })
  assert.equal(made.status, 201, made.text)
  assert.equal((await send('POST', '/api/v1/people', invited('member'))).status, 201)
})
