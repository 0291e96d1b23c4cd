import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Db, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import type { TestDatabase } from '../../testing/index.ts'
import { openTestDatabase } from '../../testing/index.ts'
import { until } from '../../testing/until.ts'

let opened: TestDatabase
let admin: Client
before(async () => {
  opened = await openTestDatabase()
  admin = new Client(opened.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await opened[Symbol.asyncDispose]()
})

interface Team {
  readonly tenant: Id<'tenant'>
  readonly db: Db
  /** Owners first. */
  readonly people: readonly [string, string, string]
}

let count = 0

/** A tenant with two owners and a member. */
async function team(kind = 'organisation'): Promise<Team> {
  count += 1
  const { platform } = opened.database
  const tenant = newId<'tenant'>()
  await platform.query(
    'insert into plinth.tenants (id, slug, name, kind) values ($1, $2, $2, $3)',
    [tenant, `team-${count}`, kind],
  )
  const db = opened.database.forTenant(tenant)
  const join = async (role: string) => {
    const person = newId<'person'>()
    await platform.query("insert into plinth.people (id, name) values ($1, 'P')", [person])
    await db.query(
      'insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, $3)',
      [tenant, person, role],
    )
    return person
  }
  return { tenant, db, people: [await join('owner'), await join('owner'), await join('custom')] }
}

const held = async (db: Pick<Db, 'query'>, person: string) => {
  const { rows } = await db.query<{ grants: string[]; version: number }>(
    'select grants, version from plinth.memberships where person_id = $1',
    [person],
  )
  return rows[0]
}
const grantsOf = async (db: Pick<Db, 'query'>, person: string) => (await held(db, person))?.grants

async function makeRole(db: Pick<Db, 'query' | 'tenant'>, name: string, grants: string[] = []) {
  const id = newId<'role'>()
  await db.query('insert into plinth.roles (id, tenant_id, name) values ($1, $2, $3)', [
    id,
    db.tenant,
    name,
  ])
  await grant(db, id, grants)
  return id
}
const grant = (db: Pick<Db, 'query' | 'tenant'>, role: string, grants: string[]) =>
  db.query(
    `insert into plinth.role_permissions (tenant_id, role_id, permission)
     select $1, $2, unnest($3::text[])`,
    [db.tenant, role, grants],
  )
const give = (db: Pick<Db, 'query' | 'tenant'>, person: string, role: string) =>
  db.query('insert into plinth.member_roles (tenant_id, person_id, role_id) values ($1, $2, $3)', [
    db.tenant,
    person,
    role,
  ])

test('C11 every tenant begins with the four built-in roles; seeding again changes nothing', async () => {
  const { db, tenant } = await team()
  const list = `
    select r.name || ' ' || string_agg(p.permission, ' ' order by p.permission) as line
      from plinth.roles r join plinth.role_permissions p on p.role_id = r.id
     where r.built_in group by r.name order by 1`
  const lines = async () => (await db.query<{ line: string }>(list)).rows.map(({ line }) => line)
  const seeded = [
    'admin *',
    'auditor audit:read',
    'operator scheduler:manage settings:manage',
    'support people:read',
  ]
  assert.deepEqual(await lines(), seeded)
  const again = await db.query<{ made: number }>('select plinth.seed_roles($1) as made', [tenant])
  assert.equal(again.rows[0]?.made, 0)
  await db.query("delete from plinth.roles where name = 'auditor'")
  await db.query('select plinth.seed_roles($1)', [tenant])
  assert.deepEqual(await lines(), seeded)
})

test('every way to change what a role gives, or who has it, reaches the membership and its version', async () => {
  const { db, people } = await team()
  const person = people[2]
  const steps: [string, () => Promise<unknown>, string[]][] = []
  const role = await makeRole(db, 'Packers', ['stock:count'])
  const other = await makeRole(db, 'Others', ['stock:count', 'stock:*'])
  const run = (text: string, ...values: unknown[]) => db.query(text, values)
  steps.push(
    ['given', () => give(db, person, role), ['stock:count']],
    ['more', () => grant(db, role, ['app:x', 'app:y']), ['app:x', 'app:y', 'stock:count']],
    [
      'less',
      () => run("delete from plinth.role_permissions where permission = 'app:x'"),
      ['app:y', 'stock:count'],
    ],
    ['a second role', () => give(db, person, other), ['app:y', 'stock:*', 'stock:count']],
    [
      'off',
      () => run('update plinth.roles set is_active = false where id = $1', role),
      ['stock:*', 'stock:count'],
    ],
    [
      'on',
      () => run('update plinth.roles set is_active = true where id = $1', role),
      ['app:y', 'stock:*', 'stock:count'],
    ],
    [
      'a permission off',
      () =>
        run(
          "insert into plinth.permissions (tenant_id, key, description, is_active) values ($1, 'app:y', '', false)",
          db.tenant,
        ),
      ['stock:*', 'stock:count'],
    ],
    [
      'and on',
      () => run('update plinth.permissions set is_active = true'),
      ['app:y', 'stock:*', 'stock:count'],
    ],
    [
      'taken',
      () => run('delete from plinth.member_roles where role_id = $1', other),
      ['app:y', 'stock:count'],
    ],
    ['gone', () => run('delete from plinth.roles where id = $1', role), []],
  )
  for (const [step, change, wanted] of steps) {
    const before = (await held(db, person))?.version ?? 0
    await change()
    const after = await held(db, person)
    assert.deepEqual(after?.grants, wanted, step)
    assert.ok((after?.version ?? 0) > before, `${step}: sessions must see that the rights changed`)
  }
  await db.query("update plinth.roles set description = 'other words'")
  const { version } = (await held(db, person)) ?? {}
  await db.query("update plinth.roles set description = 'other words again'")
  assert.equal((await held(db, person))?.version, version, 'words change no rights')
})

test('TN-33 TN-40 a role of one tenant is nothing in another, and no grant of the platform is a tenant’s to give', async () => {
  const [one, two] = [await team(), await team()]
  const theirs = await makeRole(two.db, 'Theirs', ['stock:count'])
  await assert.rejects(
    give(one.db, one.people[2], theirs),
    /refers to something that does not exist/,
  )
  await assert.rejects(give(one.db, two.people[2], await makeRole(one.db, 'Ours')))
  for (const grantText of [
    'platform:*',
    'platform:read_tenants',
    'Stock:x',
    'stock',
    'stock:*:x',
    '**',
    '',
    '*:read',
  ])
    await assert.rejects(makeRole(one.db, `with ${grantText}`, [grantText]), grantText)
  const { rows } = await one.db.query('select id from plinth.roles where id = $1', [theirs])
  assert.deepEqual(rows, [])
})

/** Runs two transactions so that each has done its first part before either goes on. */
async function crossed(
  db: Db,
  [first, second]: readonly [(tx: Tx) => Promise<unknown>, (tx: Tx) => Promise<unknown>],
) {
  const bothBegan = Promise.withResolvers<void>()
  let began = 0
  const begin = async (tx: Tx) => {
    await tx.query('select 1')
    began += 1
    if (began === 2) bothBegan.resolve()
    await bothBegan.promise
  }
  return Promise.allSettled(
    [first, second].map((work) =>
      db.transaction(async (tx) => {
        await begin(tx)
        await work(tx)
        await sleep(20)
      }),
    ),
  )
}

test('a permission that is taken from a role while somebody is given it leaves nothing behind', async () => {
  const { db, people } = await team()
  for (let round = 0; round < 10; round += 1) {
    const role = await makeRole(db, `Race ${round}`, ['stock:count', 'stock:move'])
    const take = (tx: Tx) =>
      tx.query(
        "delete from plinth.role_permissions where role_id = $1 and permission = 'stock:move'",
        [role],
      )
    const hand = (tx: Tx) => give(tx, people[2], role)
    const done = await crossed(db, round % 2 === 0 ? [take, hand] : [hand, take])
    assert.ok(done.every(({ status }) => status === 'fulfilled'))
    assert.deepEqual(await grantsOf(db, people[2]), ['stock:count'], `round ${round}`)
    await db.query('delete from plinth.roles where id = $1', [role])
  }
})

test('the last administrator cannot go, in whatever way, and of two that go at once one stays', async () => {
  const demote = (person: string) => (tx: Tx) =>
    tx.query("update plinth.memberships set role = 'member' where person_id = $1", [person])
  const leave = (person: string) => (tx: Tx) =>
    tx.query('delete from plinth.memberships where person_id = $1', [person])
  for (const [one, two] of [
    [demote, demote],
    [demote, leave],
    [leave, leave],
  ] as const) {
    const { db, people } = await team()
    const done = await crossed(db, [one(people[0]), two(people[1])])
    assert.deepEqual(done.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  }
  const { db, people } = await team()
  await db.transaction(demote(people[0]))
  await assert.rejects(db.transaction(demote(people[1])))
  await assert.rejects(db.transaction(leave(people[1])))
  await assert.rejects(admin.query('delete from plinth.people where id = $1', [people[1]]))
  const role = await makeRole(db, 'All', ['*'])
  await db.transaction(async (tx) => {
    await demote(people[1])(tx)
    await give(tx, people[2], role)
  })
  await assert.rejects(db.query('delete from plinth.roles where id = $1', [role]))
  await assert.rejects(db.query('update plinth.roles set is_active = false where id = $1', [role]))
  await assert.rejects(
    db.query("delete from plinth.role_permissions where permission = '*' and role_id = $1", [role]),
  )
  assert.deepEqual(await grantsOf(db, people[2]), ['*'])
})

test('of two administrators that go at once the second waits for the first, and sees that it is gone', async () => {
  const { db, people } = await team()
  const go = async (tx: Tx, person: string) => {
    await tx.query("update plinth.memberships set role = 'member' where person_id = $1", [person])
    // What is otherwise judged at the commit.
    await tx.query('set constraints all immediate')
  }
  const [judged, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const first = db.transaction(async (tx) => {
    await go(tx, people[0])
    judged.resolve()
    await letGo.promise
  })
  await judged.promise
  let isDone = false
  const second = db
    .transaction((tx) => go(tx, people[1]))
    .finally(() => {
      isDone = true
    })
  const both = Promise.allSettled([first, second])
  await until(async () => isDone || (await waiting()) > 0)
  letGo.resolve()
  assert.deepEqual(
    (await both).map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  assert.deepEqual(await grantsOf(db, people[1]), ['*'])
})

async function waiting(): Promise<number> {
  const { rowCount } = await admin.query(
    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  )
  return rowCount ?? 0
}

test('a disabled person or a machine is no administrator to stay; a personal and a deleted tenant need none', async () => {
  const { db, people, tenant } = await team()
  await admin.query("update plinth.people set status = 'disabled' where id = $1", [people[0]])
  const demote = "update plinth.memberships set role = 'member' where person_id = $1"
  await assert.rejects(db.query(demote, [people[1]]))
  await admin.query("update plinth.tenants set status = 'deleted' where id = $1", [tenant])
  await db.query('delete from plinth.memberships where tenant_id = $1', [tenant])
  const other = await team()
  await admin.query("update plinth.people set kind = 'service' where id = $1", [other.people[0]])
  await assert.rejects(other.db.query(demote, [other.people[1]]))
  const own = await team('personal')
  await own.db.query("update plinth.memberships set role = 'member'")
})
