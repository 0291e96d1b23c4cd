import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import type { Person } from '../../testing/index.ts'
import type { PeopleWorld } from './people.fixture.ts'
import { startPeople } from './people.fixture.ts'
import {
  impersonalTables,
  personLinks,
  personLinksInTenants,
  personTables,
} from './person-tables.ts'

const PEOPLE = '/api/v1/people'
const PLATFORM = '/api/v1/platform/people'
type Tables = Record<string, Record<string, unknown>[]>

suite('what is kept about a person', () => {
  let people: PeopleWorld
  let ana: Person
  before(async () => {
    people = await startPeople()
    ana = await people.world.signIn('ana', { tenant: 'acme' })
  })
  after(() => people[Symbol.asyncDispose]())

  const personOf = async (who: string) => {
    const [row] = await people.sql<{ id: string }>(
      'select id from plinth.people where email = $1',
      [`${who}@example.com`],
    )
    return row?.id ?? ''
  }
  const administrator = async (who: string) => {
    await people.stranger(who)
    await people.sql(
      `insert into plinth.platform_roles (person_id, permissions)
       select id, '{platform:*}' from plinth.people where email = $1 on conflict do nothing`,
      [`${who}@example.com`],
    )
    return people.stranger(who)
  }
  const tablesHolding = async (text: string) => {
    const tables = await people.sql<{ name: string; text: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name,
              format('select 1 from %I.%I t where to_jsonb(t)::text ilike $1 limit 1', n.nspname, c.relname) as text
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('plinth', 'plinth_jobs', 'app') and c.relkind = 'r' order by 1`,
    )
    const holding: string[] = []
    for (const { name, text: sql } of tables) {
      if ((await people.sql(sql, [`%${text}%`])).length > 0) holding.push(name)
    }
    return holding
  }

  test('GDPR census: every table of the platform is exported and erased, or says why it is about nobody', async () => {
    const named = new Set([
      ...personTables.map(({ table }) => table),
      ...Object.keys(impersonalTables),
    ])
    const tables = await people.sql<{ name: string }>(
      `select 'plinth.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'plinth' and c.relkind in ('r', 'p') order by 1`,
    )
    assert.deepEqual(
      tables.map(({ name }) => name).filter((name) => !named.has(name)),
      [],
    )
    assert.deepEqual([...named].sort(), tables.map(({ name }) => name).sort())
  })

  test('docs/leaving.md lists every table of the platform, and no other', async () => {
    const path = new URL('../../../../../docs/leaving.md', import.meta.url)
    const text = await readFile(path, 'utf8')
    const listed = [...text.matchAll(/^\| `(\w+)` \|/gm)].map((hit) => hit[1])
    const tables = await people.sql<{ name: string }>(
      `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'plinth' and c.relkind in ('r', 'p') order by 1`,
    )
    assert.deepEqual(listed.sort(), tables.map(({ name }) => name).sort())
  })

  test('GDPR census: every column that refers to a person is one of those', async () => {
    const columns = await people.sql<{ name: string; column: string }>(
      `select distinct 'plinth.' || c.relname as name, a.attname as column
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
         join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'plinth'
        where a.attnum > 0 and not a.attisdropped
          and (a.attname ~ '^(person_id|owner_id|actor_id|user_id)$' or a.attname ~ '_by$'
               or exists (select from pg_constraint k
                           where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey)
                             and k.confrelid = 'plinth.people'::regclass))
        order by 1, 2`,
    )
    const links = [...personLinks, ...personLinksInTenants]
    const covered = ({ name, column }: { name: string; column: string }) =>
      personTables.some(({ table, where }) => table === name && where.includes(column)) ||
      links.some((link) => link.table === name && link.column === column)
    assert.deepEqual(
      columns.filter((one) => !covered(one)),
      [],
    )
    assert.ok(columns.length >= 20)
  })

  test('GET /auth/me/export: all rows about oneself, nobody else’s, and no secret', async () => {
    const ben = await people.world.signIn('ben', { tenant: 'acme', can: ['board:read'] })
    const id = await personOf('ben')
    await ana.patch(`${PEOPLE}/${id}`, {
      notes: 'tall',
      profile: { department: 'Lab', badge: 'B1' },
    })
    await ben.get('/auth/me/export')
    const all = await ben.get<{ tables: Tables; tenants: { tables: Tables }[] }>('/auth/me/export')
    assert.equal(all.status, 200, JSON.stringify(all.body))
    const { tables, tenants } = all.body
    assert.equal(tables['plinth.people']?.[0]?.['email'], 'ben@example.com')
    assert.equal(tables['plinth.sessions']?.length, 1)
    const inside = tenants[0]?.tables
    assert.equal(inside?.['plinth.memberships']?.[0]?.['notes'], 'tall')
    assert.equal(inside?.['app.person_profiles']?.[0]?.['department'], 'Lab')
    const text = JSON.stringify(all.body)
    assert.equal(text.includes('ana@example.com'), false)
    assert.doesNotMatch(text, /"(id_hash|fingerprint|hash|token_hash|secret_sealed|key_hash)"/)
    const events = [tables, inside].flatMap((one) => one?.['plinth.audit_events'] ?? [])
    const byBen = events.filter((one) => one['actor_id'] === id)
    const byOthers = events.filter((one) => one['actor_id'] === undefined)
    assert.ok(byBen.some((one) => one['action'] === 'person.exported' && one['client_address']))
    assert.ok(byOthers.some((one) => one['action'] === 'person.updated'))
    assert.equal(byBen.length + byOthers.length, events.length)
    assert.ok(byOthers.every((one) => one['client_address'] === undefined))
    const [row] = await people.sql<{ data: object }>(
      "select data from plinth.audit_events where action = 'person.exported'",
    )
    assert.deepEqual(row?.data, { by: 'self' })
  })

  test('DELETE /auth/me: the person is gone from every table, and the audit log keeps what happened without them', async () => {
    const cy = await people.world.signIn('cyrielle', { tenant: 'acme', can: ['people:*'] })
    const id = await personOf('cyrielle')
    await ana.patch(`${PEOPLE}/${id}`, { profile: { department: 'Lab', badge: 'CY-9' } })
    const made = await cy.post(PEOPLE, { first_name: 'Li', last_name: 'Lee', email: 'li@new.test' })
    assert.equal(made.status, 201)
    // The platform's own log notes where this came from; a tenant's the rest.
    assert.equal((await cy.get('/auth/me/export')).status, 200)
    const elsewhere = await people.world.signIn('cyrielle', {
      tenant: 'acme',
      can: ['people:*'],
    })
    // Each is told to its person by mail: one that was sent, one that waits.
    const key = { type: 'user', name: 'all', scopes: ['people:read'] }
    assert.equal((await cy.post('/api/v1/api-keys', key)).status, 201)
    assert.equal(await people.mailsTo('cyrielle@example.com'), 1)
    assert.equal((await cy.post('/api/v1/api-keys', { ...key, name: 'more' })).status, 201)
    const gone = await cy.delete('/auth/me')
    assert.equal(gone.status, 204, JSON.stringify(gone.body))
    assert.equal((await elsewhere.get('/auth/web/me')).body['authenticated'], false)
    assert.equal((await ana.get(`${PEOPLE}/${id}`)).status, 404)
    // What waited is not sent any more; the last mail is, and its row is kept for an hour, not for days.
    assert.equal(await people.mailsTo('cyrielle@example.com'), 2)
    const mails = await people.sql(
      `delete from plinth_jobs.job where data::text ilike '%cyrielle%'
       returning data -> 'input' ->> 'template' as template, state, deletion_seconds`,
    )
    const last = { template: 'account.erased', state: 'completed', deletion_seconds: 3_600 }
    assert.deepEqual(mails, [last])
    assert.deepEqual(await tablesHolding('cyrielle'), [])
    assert.deepEqual(await tablesHolding('CY-9'), [])
    const [left] = await people.sql('select name, email, status from plinth.people where id = $1', [
      id,
    ])
    assert.deepEqual(left, { name: 'Erased', email: null, status: 'erased' })
    const events = await people.sql<{ action: string; client_address: string | null }>(
      'select action, client_address from plinth.audit_events where actor_id = $1',
      [id],
    )
    const actions = events.map(({ action }) => action)
    // Of the platform, and of a tenant.
    for (const action of ['person.erased', 'person.created', 'person.exported'])
      assert.ok(actions.includes(action))
    assert.deepEqual(
      events.filter(({ client_address: address }) => address !== null),
      [],
    )
    for (const { table, where, erased } of personTables) {
      if (erased !== 'rows' && erased !== 'cascade') continue
      assert.deepEqual(await people.sql(`select 1 from ${table} where ${where}`, [id]), [], table)
    }
  })

  test('whoever is erased takes no message away from somebody whose address they claimed', async () => {
    const [hal, jo] = [await people.stranger('hal'), await people.stranger('jo')]
    await people.sql('update plinth.identities set email = $1 where person_id = $2', [
      'Hal@example.com',
      await personOf('jo'),
    ])
    const before = await people.mailsTo('hal@example.com')
    const key = { type: 'user', name: 'all', scopes: [] }
    assert.equal((await hal.post('/api/v1/api-keys', key)).status, 201)
    await people.sql("update plinth.tenants set kind = 'personal' where slug = 'home-of-jo'")
    assert.equal((await jo.delete('/auth/me')).status, 204)
    assert.equal(await people.mailsTo('hal@example.com'), before + 1)
  })

  test('a tenant of one’s own is deleted with its person', async () => {
    const ida = await people.stranger('ida')
    await people.sql("update plinth.tenants set kind = 'personal' where slug = 'home-of-ida'")
    const id = await personOf('ida')
    const [tenant] = await people.sql<{ id: string }>(
      'select tenant_id as id from plinth.memberships where person_id = $1',
      [id],
    )
    assert.equal((await ida.delete('/auth/me')).status, 204)
    const [left] = await people.sql('select status, name from plinth.tenants where id = $1', [
      tenant?.id,
    ])
    assert.deepEqual(left, { status: 'deleted', name: 'Deleted' })
  })

  test('erasing asks for a fresh sign-in, and for what the person alone holds to be handed on', async () => {
    const dan = await people.world.signIn('dan', { tenant: 'dans' })
    const owner = await dan.delete('/auth/me')
    assert.deepEqual([owner.status, owner.body['code']], [409, 'people.owns_tenants'])
    const gus = await people.world.signIn('gus', { tenant: 'guses' })
    await people.sql("update plinth.memberships set role = 'admin' where person_id = $1", [
      await personOf('gus'),
    ])
    const alone = await gus.delete('/auth/me')
    assert.deepEqual([alone.status, alone.body['code']], [409, 'people.last_administrator'])
    assert.equal((await gus.get('/auth/web/me')).body['authenticated'], true)
    const boss = await administrator('boss')
    const refused = await boss.delete('/auth/me')
    assert.deepEqual([refused.status, refused.body['code']], [409, 'people.platform_administrator'])
    const eve = await people.world.signIn('eve', { tenant: 'acme', can: [] })
    people.world.clock.advance(16 * 60_000)
    assert.equal((await eve.delete('/auth/me')).status, 401)
    assert.equal((await eve.get('/auth/me/export')).status, 401)
  })

  test('D18 platform people: listed, changed, deactivated within a second, exported and erased', async () => {
    const boss = await administrator('root')
    const fay = await people.world.signIn('fay', { tenant: 'acme', can: ['people:read'] })
    const id = await personOf('fay')
    const list = await boss.get<{ items: { id: string }[]; total: number }>(
      `${PLATFORM}?email=fay@&count=exact`,
    )
    assert.deepEqual([list.body.items.map((one) => one.id), list.body.total], [[id], 1])
    const got = await boss.get(`${PLATFORM}/${id}`)
    const stale = await boss.patch(`${PLATFORM}/${id}`, { first_name: 'F' }, { 'if-match': '"x"' })
    assert.equal(stale.status, 412)
    const tag = { 'if-match': got.headers.get('etag') ?? '' }
    const named = await boss.put(`${PLATFORM}/${id}`, { first_name: 'Fay', last_name: 'Fox' }, tag)
    assert.deepEqual([named.status, named.body['first_name']], [200, 'Fay'])
    assert.equal((await fay.get(PEOPLE)).status, 200)
    const off = await boss.patch(`${PLATFORM}/${id}`, { is_active: false })
    assert.deepEqual([off.status, off.body['status']], [200, 'inactive'])
    assert.equal((await fay.get(PEOPLE)).status, 401)
    const [session] = await people.sql<{ revoke_reason: string }>(
      'select revoke_reason from plinth.sessions where person_id = $1',
      [id],
    )
    assert.equal(session?.revoke_reason, 'person_disabled')
    assert.equal((await boss.get(`${PLATFORM}/${id}/export`)).status, 200)
    assert.equal((await boss.delete(`${PLATFORM}/${id}`)).status, 204)
    assert.equal((await boss.get(`${PLATFORM}/${id}`)).status, 404)
    assert.equal((await boss.delete(`${PLATFORM}/${id}`)).status, 404)
    const own = await boss.patch(`${PLATFORM}/${await personOf('root')}`, { status: 'archived' })
    assert.equal(own.status, 409)
    for (const path of [PLATFORM, `${PLATFORM}/${id}`, `${PLATFORM}/${id}/export`]) {
      assert.equal((await ana.get(path)).status, 403, 'TN-17 an owner of a tenant')
    }
  })

  test('SQL by hand deactivates too: a trigger ends the sessions', async () => {
    const gil = await people.world.signIn('gil', { tenant: 'acme', can: ['people:read'] })
    await people.sql("update plinth.people set status = 'disabled' where email = 'gil@example.com'")
    assert.equal((await gil.get(PEOPLE)).status, 401)
    const open = await people.sql(
      `select 1 from plinth.sessions s join plinth.people p on p.id = s.person_id
        where p.email = 'gil@example.com' and s.revoked_at is null`,
    )
    assert.deepEqual(open, [])
  })

  test('V16.4.2 nothing but the address of an erased person can be taken out of the audit log', async () => {
    for (const text of [
      'update plinth.audit_events set client_address = null where client_address is not null',
      "update plinth.audit_events set client_address = '10.0.0.1'",
    ]) {
      await assert.rejects(people.sql(text), /stays written/)
    }
  })
})
