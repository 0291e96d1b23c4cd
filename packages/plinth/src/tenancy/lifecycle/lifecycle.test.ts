import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { z } from 'zod'
import { entity, ref } from '../../data/index.ts'
import { feature, job } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { BROWSER } from '../../testing/person.ts'
import { eraseTenant } from '../index.ts'
import { personalColumns } from './platform-columns.ts'

const shelf = entity('shelf', { name: z.string().max(40), inside_id: ref('shelf').nullable() })
const thing = entity(
  'thing',
  {
    name: z.string().max(40),
    cost: z.int32().default(7),
    holder: z.string().nullable(),
    shelf_id: ref('shelf'),
  },
  { hidden: ['cost'], pii: ['holder'], search: ['holder'] },
)
const later = job('thing.later', { handle: async () => undefined })
const store = feature('store', {
  entities: [shelf, thing],
  jobs: [later],
})

let world: World
let admin: Client
before(async () => {
  world = await startWorld({
    features: [store],
    settings: { 'tenancy.mode': 'organisations' },
  })
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await world[Symbol.asyncDispose]()
})

const idOf = async (slug: string): Promise<Id<'tenant'>> => {
  const { rows } = await admin.query('select id from plinth.tenants where slug = $1', [slug])
  return rows[0]?.id
}

/** Somebody with a tenant that holds rows which refer to each other, a setting and a waiting job. */
async function filled(name: string): Promise<{ person: Person; tenant: Id<'tenant'> }> {
  const person = await world.signIn(name, { tenant: `of-${name}` })
  const tenant = await idOf(`of-${name}`)
  const db = world.database.forTenant(tenant)
  await db.transaction(async (tx) => {
    const outer = await shelf.insert(tx, { name: 'outer', inside_id: null })
    const inner = await shelf.insert(tx, { name: 'inner', inside_id: outer.id })
    await thing.insert(tx, { name: 'lamp', holder: 'Ana', shelf_id: inner.id })
    await tx.query("insert into plinth.tenant_settings (tenant_id, value) values ($1, '{}')", [
      tenant,
    ])
    await later.enqueue(tx, {}, { afterSeconds: 3_600 })
  })
  return { person, tenant }
}

/** Every row that any table holds of a tenant, past every policy: by table, as text. */
async function rowsOf(tenant: string): Promise<ReadonlyMap<string, string>> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
      where c.relkind in ('r', 'p') and n.nspname in ('app', 'plinth') order by 1`,
  )
  const found = new Map<string, string>()
  const read = async (name: string, condition: string) => {
    const text = `select coalesce(string_agg(t::text, '|' order by t::text), '') as rows
                    from ${name} t where ${condition}`
    const { rows } = await admin.query<{ rows: string }>(text, [tenant])
    if (rows[0]?.rows !== '') found.set(name, rows[0]?.rows ?? '')
  }
  for (const { name } of tables) await read(name, 'tenant_id = $1')
  await read('plinth_jobs.job', "data ->> 'tenant' = $1")
  return found
}

/** A service account, one that was a member, and somebody who was asked in and never came. */
const OF_TENANT = `
  with made as (
    insert into plinth.people (id, name, kind)
    values (gen_random_uuid(), 'robot', 'service'), (gen_random_uuid(), 'guest', 'human')
    returning id, kind),
  rule as (insert into plinth.mfa_rules (tenant_id, everybody) values ($1, false)),
  gone as (insert into plinth.people (id, name, kind) values (gen_random_uuid(), 'relic', 'service') returning id),
  client as (
    insert into plinth.oauth_clients (id, name, tenant_id, person_id, authentication, scopes)
    select gen_random_uuid(), 'of a relic', $1, id, 'client_secret', '{}' from gone)
  insert into plinth.memberships (tenant_id, person_id, role, invited_email)
  select $1, id, 'member', case kind when 'human' then 'guest@example.com' end from made`

const checksum = async (tenant: string) =>
  createHash('sha256')
    .update(JSON.stringify([...(await rowsOf(tenant))]))
    .digest('hex')

test('TN-59 TN-60 a deleted tenant is gone at once, its rows and jobs after a minute, and nothing of any other', async () => {
  const [{ person, tenant }, other] = [await filled('ana'), await filled('ben')]
  await assert.rejects(eraseTenant({ ...world, entities: [shelf, thing] }, other.tenant), TypeError)
  const untouched = await checksum(other.tenant)
  await admin.query(OF_TENANT, [tenant])
  const key = await person.post<{ key: string }>('/api/v1/api-keys', {
    name: 'nightly',
    type: 'user',
    scopes: ['people:read'],
  })
  assert.equal(key.status, 201)
  const byKey = () =>
    fetch(`${world.url}/api/v1/people`, { headers: { 'x-api-key': key.body.key } })
  assert.equal((await byKey()).status, 200)
  assert.ok((await rowsOf(tenant)).has('plinth.api_keys'))
  assert.ok((await rowsOf(tenant)).size >= 7)
  assert.equal((await person.delete(`/tenants/${tenant}`)).status, 204)
  assert.equal((await person.get(`/tenants/${tenant}`)).status, 404)
  assert.equal((await person.get('/tenants/of-ana')).status, 404)
  assert.ok([401, 404].includes((await byKey()).status), 'a key of a deleted tenant opens nothing')
  await admin.query("update plinth_jobs.job set start_after = now() where name = 'tenancy.erase'")
  await world.drainJobs()
  assert.deepEqual([...(await rowsOf(tenant)).keys()], ['plinth.audit_events'])
  assert.equal(await checksum(other.tenant), untouched)
  const { rows } = await admin.query(
    'select name, slug, status, deleted_at is not null as at from plinth.tenants where id = $1',
    [tenant],
  )
  const slug = `deleted-${tenant.replaceAll('-', '')}`
  assert.deepEqual(rows, [{ name: 'Deleted', slug, status: 'deleted', at: true }])
  const again =
    "insert into plinth.tenants (id, slug, name, kind) values ($1, 'b', 'B', 'personal')"
  await assert.rejects(world.database.platform.query(again, [tenant]), { code: 'data.taken' })
  await assert.rejects(
    world.database.platform.query('delete from plinth.tenants where id = $1', [tenant]),
    /permission denied/,
  )
  const reused = await person.post<{ id: string }>('/tenants', { name: 'A', slug: 'of-ana' })
  assert.equal(reused.status, 201)
  assert.notEqual(reused.body.id, tenant)
  const { rows: noted } = await admin.query(
    "select data from plinth.audit_events where action = 'platform.tenant_erased'",
  )
  assert.deepEqual(noted, [{ data: { rows: 23 } }])
  const { rows: left } = await admin.query(
    "select name from plinth.people where name in ('robot', 'guest', 'relic', 'ana')",
  )
  assert.deepEqual(left, [{ name: 'ana' }], 'who was somebody here only goes too')
})

test('TN-59 deleting is for owners with a recent sign-in, and never for a personal tenant', async () => {
  const { tenant } = await filled('carl')
  const aide = await world.signIn('aide', { tenant: 'of-carl' })
  await admin.query("update plinth.memberships set role = 'admin' where tenant_id = $1", [tenant])
  const refused = await aide.delete(`/tenants/${tenant}`)
  assert.deepEqual([refused.status, refused.body['code']], [403, 'tenant.owners_only'])
  assert.equal((await aide.get(`/tenants/${tenant}/export`)).status, 403)
  await admin.query("update plinth.memberships set role = 'owner' where tenant_id = $1", [tenant])
  await admin.query("update plinth.tenants set kind = 'personal' where id = $1", [tenant])
  const personal = await aide.delete(`/tenants/${tenant}`)
  assert.deepEqual([personal.status, personal.body['code']], [409, 'tenant.personal'])
  await admin.query("update plinth.tenants set kind = 'organisation' where id = $1", [tenant])
  const late = await world.signIn('aide', { tenant: 'of-carl', provedSecondsAgo: 901 })
  const tooLate = await late.delete(`/tenants/${tenant}`)
  assert.deepEqual(
    [tooLate.status, tooLate.body['code']],
    [401, 'access.insufficient_user_authentication'],
  )
})

interface Line {
  readonly table?: string
  readonly row?: Readonly<Record<string, unknown>>
  readonly end?: boolean
  readonly rows?: number
}

/** The kit's own calls would take NDJSON for one JSON text. */
async function exported(person: Person, tenant: string, query = '') {
  const cookie = [...person.cookies].map((pair) => pair.join('=')).join('; ')
  const headers = { cookie, 'user-agent': BROWSER }
  const answer = await fetch(`${world.url}/tenants/${tenant}/export${query}`, { headers })
  return { headers: answer.headers, body: await answer.text() }
}

const linesOf = (text: string): readonly Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

test('an export holds every row of the tenant and none of another, hidden fields never, personal data on demand', async () => {
  const [{ person, tenant }, other] = [await filled('dora'), await filled('evan')]
  const answer = await exported(person, tenant)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/x-ndjson/)
  assert.match(answer.headers.get('content-disposition') ?? '', new RegExp(tenant))
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  const lines = linesOf(answer.body)
  const last = lines.at(-1)
  assert.deepEqual(last, { end: true, rows: lines.length - 1 })
  assert.ok(!answer.body.includes(other.tenant))
  const of = (table: string) => lines.filter((line) => line.table === table).map(({ row }) => row)
  assert.deepEqual(
    // Ids of one millisecond stand in any order.
    of('app.shelves')
      .map((row) => row?.['name'])
      .toSorted(),
    ['inner', 'outer'],
  )
  const [lamp] = of('app.things')
  assert.deepEqual([lamp?.['name'], lamp?.['holder']], ['lamp', '[personal]'])
  assert.ok(lamp !== undefined && !('cost' in lamp) && !('search_doc' in lamp))
  const tables = new Set(lines.map(({ table }) => table))
  for (const table of ['plinth.memberships', 'plinth.audit_events', 'plinth.tenant_settings']) {
    assert.ok(tables.has(table), table)
  }
  const whole = await exported(person, tenant, '?personal_data=include')
  assert.match(whole.body, /"holder":"Ana"/)
  const { rows } = await admin.query(
    "select data from plinth.audit_events where action = 'tenant.exported' order by occurred_at, id",
  )
  assert.deepEqual(
    rows.map(({ data }) => data),
    [{ personal: false }, { personal: true }],
  )
})

test('an export tells nothing of people through the tables of the platform, nor what was answered to whom', async () => {
  const { person, tenant } = await filled('gil')
  await world.database.forTenant(tenant).batch([
    {
      text: `insert into plinth.idempotency_keys (tenant_id, key_hash, request_hash, status, headers, body, expires_at)
             values ($1, 'k', 'r', 201, '{}', '{"cost":4711,"holder":"Canary"}', now() + interval '1 hour')`,
      values: [tenant],
    },
    {
      text: `insert into plinth.invitations (tenant_id, id, email, role, expires_at)
             values ($1, gen_random_uuid(), 'canary@example.com', 'member', now() + interval '1 day')`,
      values: [tenant],
    },
    {
      text: "update plinth.memberships set notes = 'Canary, allergic' where tenant_id = $1",
      values: [tenant],
    },
    {
      text: `insert into plinth.audit_events (id, tenant_id, actor_kind, action, outcome, client_address)
             values (gen_random_uuid(), $1, 'anonymous', 'test', 'success', '203.0.113.99')`,
      values: [tenant],
    },
  ])
  const without = (await exported(person, tenant)).body
  assert.match(without, /"table":"plinth.invitations","row":\{[^}]*"email":"\[personal\]"/)
  assert.doesNotMatch(without, /canary|4711|203\.0\.113\.99/i)
  const whole = (await exported(person, tenant, '?personal_data=include')).body
  for (const said of [/canary@example\.com/, /Canary, allergic/, /203\.0\.113\.99/])
    assert.match(whole, said)
  assert.doesNotMatch(whole, /4711|idempotency/)
})

test('what columns of the platform say of people is known', async () => {
  const { rows } = await admin.query<{ table: string; column: string }>(
    `select format('%s.%s', n.nspname, c.relname) as table, a.attname as column
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where n.nspname = 'plinth' and c.relkind = 'r' and c.relrowsecurity
        and a.attname ~ 'e?mail|address|phone|notes|metadata|given|family|picture'`,
  )
  assert.deepEqual(
    rows.filter(({ table, column }) => personalColumns[table]?.includes(column) !== true),
    [],
  )
})

test('an export goes on page after page', async () => {
  const { person, tenant } = await filled('fay')
  await world.database
    .forTenant(tenant)
    .query(
      "insert into app.shelves (id, name) select gen_random_uuid(), 'n' || n from generate_series(1, 1203) n",
    )
  const lines = linesOf((await exported(person, tenant)).body)
  const names = lines.filter(({ table }) => table === 'app.shelves').map(({ row }) => row?.['id'])
  assert.deepEqual([names.length, new Set(names).size], [1_205, 1_205])
})
