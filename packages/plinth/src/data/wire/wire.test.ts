import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { openTestDatabase } from '../../testing/database.ts'
import { ITEMS, someTenants } from '../items.fixture.ts'
import { oneSync } from './one-sync.ts'
import { plain } from './plain.ts'
import { PreparedNames } from './prepared-names.ts'
import type { Wire } from './wire.ts'

test('the boot self-test refuses a way that loses the tenant, and takes the next one', async () => {
  const good = oneSync(true)
  const leaky: Wire = {
    ...good,
    // As if a new pg sent each statement with a Sync of its own.
    unit: async (client, statements) => {
      const answers = []
      for (const statement of statements) answers.push(...(await good.unit(client, [statement])))
      return answers
    },
  }
  const said: unknown[] = []
  const warn = (facts: object): void => void said.push(facts)
  const log = { info() {}, warn, error() {} }
  await using db = await openTestDatabase({ sql: ITEMS, wires: [leaky, plain(true)], log })
  const [tenant] = someTenants(1)
  assert.ok(tenant)
  await db.database.forTenant(tenant).query("insert into app.item (name) values ('x')")
  assert.equal(said.length, 1)
  assert.match(JSON.stringify(said), /one-sync way showed tenant/)
  await using none = await openTestDatabase({ wires: [leaky] })
  await assert.rejects(
    none.database.ping(),
    /no way of talking to this database keeps tenants apart/,
  )
})

test('a prepared statement outlives a change of its table', async () => {
  await using db = await openTestDatabase({
    sql: ITEMS,
    settings: { pool_size: 1, max_overflow: 0 },
  })
  const [tenant] = someTenants(1)
  assert.ok(tenant)
  const mine = db.database.forTenant(tenant)
  await mine.query("insert into app.item (name) values ('x')")
  const all = () => mine.query('select * from app.item')
  await all()
  const owner = new Client(db.ownerUrl)
  await owner.connect()
  await owner.query('alter table app.item add column colour text').finally(() => owner.end())
  assert.ok('colour' in ((await all()).rows[0] ?? {}))
})

test('prepared statements of a connection are bounded, on our side and on the server', async () => {
  await using db = await openTestDatabase({ settings: { pool_size: 1, max_overflow: 0 } })
  const { platform } = db.database
  for (let n = 0; n < 300; n += 1) await platform.query(`select ${n} as n`)
  const { rows } = await platform.query<{ n: number }>(
    "select count(*)::int as n from pg_prepared_statements where name like 'plinth%'",
  )
  assert.ok((rows[0]?.n ?? 0) <= 257, String(rows[0]?.n))
  await using unnamed = await openTestDatabase({ settings: { prepared: false } })
  await unnamed.database.platform.query('select 1')
  const none = await unnamed.database.platform.query('select from pg_prepared_statements')
  assert.equal(none.rowCount, 0)
})

const VALUES: readonly (readonly [type: string, ...values: string[]])[] = [
  ['int2', '0', '-32768', '32767'],
  ['int4', '0', '-1', '-2147483648', '2147483647'],
  ['int8', '0', '-9223372036854775808', '9007199254740993'],
  ['numeric', '0.10', '-1e30', 'NaN'],
  ['float8', '0.1', '-1e300', 'Infinity', 'NaN'],
  ['bool', 'true', 'false'],
  ['uuid', '0190b1a2-0000-7000-8000-0123456789ab'],
  ['date', '2026-02-28', '0044-03-15 BC', 'infinity'],
  ['timestamp', '2026-01-02 03:04:05.678', '2026-01-02'],
  ['timestamptz', '2026-01-02T03:04:05Z', '0044-03-15 03:04:05.6Z BC', '12026-01-02 03:04:05.67Z'],
  ['timestamptz', 'infinity', '-infinity', '0001-01-01 00:00:00.1Z', '9999-12-31 23:59:59.999Z'],
  [
    'timestamptz',
    ...['1', '12', '123', '1234', '12345', '123456'].map((f) => `2026-01-02 03:04:05.${f}Z`),
  ],
  ['time', '03:04:05.678'],
  ['text', '', 'plain', 'Grüße, 世界 🌍', 'a "quoted" \\\\ text'],
  ['char(3)', 'é'],
  ['jsonb', '{"a":[1,"ü"]}', 'null'],
  ['int4[]', '{1,-2,NULL}'],
  ['text[]', '{a,"b c",ü}'],
  ['timestamptz[]', '{2026-01-02 03:04:05.6Z}'],
  ['bytea', '\\\\xff00'],
  ['inet', '::1'],
]

test('rows of every type are read alike by both ways, short and long ones, with values and without', async () => {
  const columns = VALUES.flatMap(([type, ...values]) => [
    ...values.map((value) => `'${value}'::${type}`),
    `null::${type}`,
  ])
  const named = columns.map((column, at) => `${column} as c${at}`)
  await using db = await openTestDatabase({ wires: [oneSync(true)] })
  await using other = await openTestDatabase({ wires: [plain(true)] })
  const read = async ({ database }: typeof db, text: string) =>
    (await database.platform.query(text)).rows.map((row) => ({ ...row }))
  // One by one each row is short enough to be read as one text, together they are not.
  const texts = [...named, named.join(', ')].map(
    (list) => `select ${list} from (values (1), (2)) as two`,
  )
  assert.ok(texts.at(-1)?.includes('é'))
  for (const text of texts) {
    const rows = await read(db, text)
    assert.equal(rows.length, 2, text)
    assert.deepEqual(rows, await read(other, text), text)
  }
})

test('of columns with one name the last one counts by both ways, also where it has no value', async () => {
  const texts = [
    'select 1 as a, null as a',
    'select null as a, 1 as a',
    "select 'x' as a, null::text as b, 'y' as b, null::text as a",
    `select repeat('x', 2000) as a, null::text as a`,
  ]
  await using db = await openTestDatabase({ wires: [oneSync(true)] })
  await using other = await openTestDatabase({ wires: [plain(true)] })
  for (const text of texts) {
    const [ours, theirs] = await Promise.all(
      [db, other].map(async ({ database }) => (await database.platform.query(text)).rows),
    )
    assert.deepEqual({ ...ours?.[0] }, { ...theirs?.[0] }, text)
  }
})

test('moments are ISO 8601 in UTC with milliseconds, however many digits the server sends', async () => {
  await using db = await openTestDatabase()
  const moments = ['05', '05.6', '05.67', '05.678', '05.6789', '05.67891', '05.678912']
  const { rows } = await db.database.platform.query<Record<string, string>>(
    `select ${moments.map((second, at) => `'2026-01-02 03:04:${second}Z'::timestamptz as m${at}`)}`,
  )
  assert.deepEqual(Object.values(rows[0] ?? {}), [
    '2026-01-02T03:04:05.000Z',
    '2026-01-02T03:04:05.600Z',
    '2026-01-02T03:04:05.670Z',
    ...Array(4).fill('2026-01-02T03:04:05.678Z'),
  ])
})

test('days and moments are ISO 8601 whatever form the server was told to write, by both ways', async () => {
  const text = `select '2026-02-03'::date as day, '2026-02-03 04:05:06.7Z'::timestamptz as moment,
                       '2026-02-03 04:05:06'::timestamp as local, array['2026-02-03'::date]::text as days`
  for (const style of ['German, DMY', 'SQL, DMY', 'Postgres, MDY', 'ISO, DMY']) {
    for (const wire of [oneSync(true), plain(false)]) {
      await using db = await openTestDatabase({
        wires: [wire],
        settings: { pool_size: 1, max_overflow: 0 },
      })
      const { platform } = db.database
      const admin = new Client(db.adminUrl)
      await admin.connect()
      await admin.query(`alter database ${db.name} set datestyle = '${style}'`)
      await admin.query(`alter database ${db.name} set timezone = 'Europe/Berlin'`)
      const others = `select pg_terminate_backend(pid) from pg_stat_activity
                       where datname = current_database() and pid <> pg_backend_pid()`
      while ((await admin.query(others)).rowCount !== 0) await sleep(5)
      await admin.end()
      const { rows } = await platform.query(text)
      assert.deepEqual(
        { ...rows[0] },
        {
          day: '2026-02-03',
          moment: '2026-02-03T04:05:06.700Z',
          local: '2026-02-03 04:05:06',
          days: '{2026-02-03}',
        },
        style,
      )
    }
  }
})

test('a name is never used for a second text', () => {
  const names = new PreparedNames()
  const first = names.nameFor('select 0')
  assert.equal(names.nameFor('select 0'), first)
  for (let n = 1; n <= 256; n += 1) names.nameFor(`select ${n}`)
  assert.deepEqual(names.takeDropped(), [first])
  assert.notEqual(names.nameFor('select 0'), first)
})

test('an error in the middle leaves every statement usable', async () => {
  await using db = await openTestDatabase({ settings: { pool_size: 1, max_overflow: 0 } })
  const { platform } = db.database
  const unit = ['select 1 as a', 'select 1 / $1::int as b', 'select 3 as c']
  const run = (by: number) =>
    platform.batch(unit.map((text) => ({ text, values: text.includes('$1') ? [by] : [] })))
  for (const by of [0, 1, 0, 1]) {
    if (by === 0) await assert.rejects(run(by), /division by zero/)
    else
      assert.deepEqual(
        (await run(by)).map(({ rows }) => rows[0]),
        [{ a: 1 }, { b: 1 }, { c: 3 }],
      )
  }
})

test('COPY and empty texts do not confuse what follows', async () => {
  await using db = await openTestDatabase({ settings: { pool_size: 1, max_overflow: 0 } })
  const { platform } = db.database
  await assert.rejects(platform.query('copy plinth.people from stdin'), /COPY/)
  assert.deepEqual((await platform.batch([{ text: '' }, { text: 'select 1 as n' }]))[1]?.rows, [
    { n: 1 },
  ])
})
