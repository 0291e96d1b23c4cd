import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Id } from '../../kernel/index.ts'
import { eraseTenant } from '../../tenancy/index.ts'
import type { Made } from '../../testing/api-keys.ts'
import { KEYS, keyed, makeAccount, makeKey, roomyKeys } from '../../testing/api-keys.ts'
import type { Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import type { SecondProcess } from '../../testing/second-process.ts'
import { startSecondProcess } from '../../testing/second-process.ts'
import { wares } from './api-keys.fixture.ts'

let world: World
let second: SecondProcess
let admin: Client
let owner: Person
before(async () => {
  world = await startWorld({ features: [wares], settings: roomyKeys })
  second = await startSecondProcess(world, [], roomyKeys, { features: [wares] })
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  owner = await world.signIn('owner')
})
after(async () => {
  await admin.end()
  await second[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const statusAt = async (at: { url: string }, key: string) =>
  (await keyed(at, key).get('/wares')).status

/** Asks until the first process answers from memory. */
async function warm(key: string): Promise<void> {
  const end = performance.now() + 60_000
  for (;;) {
    const start = world.database.statistics.roundTrips
    assert.equal(await statusAt(world, key), 200)
    if (world.database.statistics.roundTrips === start) return
    assert.ok(performance.now() < end, 'never from memory')
  }
}

/**
 * Takes something away while both processes are asked all the time. Whatever was asked a second after
 * is refused, and from the first refusal on everything at that process.
 */
async function refusedEverywhere(
  key: string,
  change: () => Promise<unknown>,
): Promise<Set<number>> {
  await warm(key)
  assert.equal(await statusAt(second, key), 200)
  let changed = Number.POSITIVE_INFINITY
  const changing = sleep(20).then(async () => {
    await change()
    changed = performance.now()
  })
  const statuses = new Set<number>()
  const watch = async (at: { url: string }) => {
    let refused = 0
    while (refused < 20) {
      const asked = performance.now()
      const status = await statusAt(at, key)
      assert.ok(status !== 200 || refused === 0, `${at.url} took it again`)
      assert.ok(status !== 200 || asked - changed < 1_000, `${at.url} took it after a second`)
      if (status === 200) continue
      refused += 1
      statuses.add(status)
    }
  }
  await Promise.all([changing, ...[world, second, world, second].map(watch)])
  return statuses
}

test('AK-16 a key that is revoked while it is used is refused by every process within a second', async () => {
  const { key, api_key } = await makeKey(owner)
  const statuses = await refusedEverywhere(key, () => owner.delete(`${KEYS}/${api_key.id}`))
  assert.deepEqual([...statuses], [401])
})

test('AK-16 the process that revokes a key takes it no more from that answer on', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { key, api_key } = await makeKey(owner)
    await statusAt(world, key)
    await owner.delete(`${KEYS}/${api_key.id}`)
    assert.equal(await statusAt(world, key), 401)
  }
})

test('AK-24 scopes, limits and addresses that are changed count everywhere within a second', async () => {
  const { key, api_key } = await makeKey(owner)
  const statuses = await refusedEverywhere(key, () =>
    owner.patch(`${KEYS}/${api_key.id}`, { scopes: ['ware:count'] }),
  )
  assert.deepEqual([...statuses], [403])
})

interface Loss {
  readonly title: string
  readonly change: string
  readonly back: string
  readonly status: number
}

const losses: readonly Loss[] = [
  {
    title: 'a disabled owner',
    change: "update plinth.people set status = 'disabled' where id = $1",
    back: "update plinth.people set status = 'active' where id = $1",
    status: 401,
  },
  {
    title: 'a suspended membership',
    change: "update plinth.memberships set status = 'inactive' where person_id = $1",
    back: "update plinth.memberships set status = 'active' where person_id = $1",
    status: 401,
  },
  {
    title: 'rights that were taken away',
    change: "update plinth.memberships set permissions = '{}' where person_id = $1",
    back: "update plinth.memberships set permissions = '{ware:*}' where person_id = $1",
    status: 403,
  },
  {
    title: 'a suspended tenant',
    change: "update plinth.tenants set status = 'suspended' where slug = 'acme' and $1::text <> ''",
    back: "update plinth.tenants set status = 'active' where slug = 'acme' and $1::text <> ''",
    status: 401,
  },
]
for (const { title, change, back, status } of losses) {
  test(`AK-14 ${title} ends what its keys may do within a second, and what comes back brings them back`, async () => {
    const person = await world.signIn('worker', { can: ['ware:*'] })
    const { key, api_key } = await makeKey(person)
    const id = api_key['owner_id']
    const statuses = await refusedEverywhere(key, () => admin.query(change, [id]))
    assert.deepEqual([...statuses], [status])
    await admin.query(back, [id])
    const end = performance.now() + 60_000
    while ((await statusAt(second, key)) !== 200)
      assert.ok(performance.now() < end, 'it stays away')
  })
}

const ends = [
  ['a removed membership', 'delete from plinth.memberships where person_id = $1'],
  ['a deleted owner', 'delete from plinth.people where id = $1'],
] as const
for (const [title, change] of ends) {
  test(`AK-14 ${title} ends its keys for good`, async () => {
    const person = await world.signIn(title.replaceAll(' ', '-'), { can: ['ware:*'] })
    const { key, api_key } = await makeKey(person)
    const statuses = await refusedEverywhere(key, () => admin.query(change, [api_key['owner_id']]))
    assert.deepEqual([...statuses], [401])
    await world.signIn(title.replaceAll(' ', '-'), { can: ['ware:*'] })
    assert.equal(await statusAt(second, key), 401, 'whoever comes back makes new ones')
  })
}

test('AK-14 a service account that is disabled takes its keys with it, and may come back', async () => {
  const robot = await makeAccount(owner)
  const { key } = await makeKey(owner, { type: 'service', owner_id: robot })
  const set = (status: string) => owner.patch(`/api/v1/service-accounts/${robot}`, { status })
  const statuses = await refusedEverywhere(key, () => set('disabled'))
  assert.deepEqual([...statuses], [401])
  await set('active')
  const end = performance.now() + 60_000
  while ((await statusAt(second, key)) !== 200) assert.ok(performance.now() < end, 'it stays away')
})

test('a tenant that is erased takes the rows of its keys with it', async () => {
  const { api_key } = await makeKey(await world.signIn('dora', { tenant: 'doomed' }))
  const tenant = api_key['tenant_id'] as Id<'tenant'>
  await admin.query("update plinth.tenants set status = 'deleted' where id = $1", [tenant])
  await eraseTenant({ database: world.database, entities: [] }, tenant)
  const { rowCount } = await admin.query('select 1 from plinth.api_keys where tenant_id = $1', [
    tenant,
  ])
  assert.equal(rowCount, 0)
})

test('AK-16 while no news arrive each request is read, and a revocation holds at once', async () => {
  await using deaf = await startSecondProcess(
    world,
    [],
    { 'database.listen_url': 'postgresql://nobody:nothing@127.0.0.1:1/none' },
    { features: [wares] },
  )
  const { key, api_key }: Made = await makeKey(owner)
  for (let at = 0; at < 3; at += 1) assert.equal(await statusAt(deaf, key), 200)
  await admin.query('update plinth.api_keys set revoked_at = now() where id = $1', [api_key.id])
  assert.equal(await statusAt(deaf, key), 401)
})

test('AK-11 service accounts: nobody makes or keeps one that may do more than they', async () => {
  const helper = await world.signIn('helper', { can: ['service_account:*', 'ware:read'] })
  const body = { name: 'robot', permissions: ['ware:write'] }
  const wide = await helper.post('/api/v1/service-accounts', body)
  assert.deepEqual([wide.status, wide.body['code']], [403, 'service_account.beyond_yours'])
  const strong = await makeAccount(owner, body)
  const path = `/api/v1/service-accounts/${strong}`
  assert.equal((await helper.patch(path, { status: 'disabled' })).status, 403)
  const own = await makeAccount(helper, { name: 'reader', permissions: ['ware:read'] })
  assert.equal((await helper.patch(`/api/v1/service-accounts/${own}`, { name: 'r2' })).status, 200)
  const listed = await helper.get('/api/v1/service-accounts?count=exact&limit=1')
  assert.equal(listed.body['count'], 1)
  const eve = await world.signIn('eve', { tenant: 'evil' })
  assert.equal((await eve.patch(path, { status: 'disabled' })).status, 404)
  const nobody = await world.signIn('nobody', { can: [] })
  assert.equal((await nobody.get('/api/v1/service-accounts')).status, 403)
  for (const permissions of [['platform:*'], ['WARE:x'], ['ware:re*']])
    assert.equal(
      (await owner.post('/api/v1/service-accounts', { name: 'x', permissions })).status,
      422,
    )
})
