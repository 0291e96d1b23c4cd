import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { createTableSql, declarationFaults, migrate, onConnection } from 'plinth/data'
import type { TestDatabase } from 'plinth/testing'
import { openTestDatabase } from 'plinth/testing'
import { type Change, everyChange } from './every-change.fixture.ts'
import { revise } from './revise.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await openTestDatabase()
})
afterEach(() => db[Symbol.asyncDispose]())

const log = { info() {}, warn() {}, error() {} }
const TENANT = '0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b11'
const [ONE, OTHER] = [
  '0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10',
  '0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b12',
]

/** Everything that the catalogue says of the schema app, read without the code that is tested. */
const CATALOGUE = `
  select format('%s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
                pg_get_expr(adbin, adrelid)) as line
    from pg_attribute join pg_class c on c.oid = attrelid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
   where relnamespace = 'app'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
  union all select format('%s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
    from pg_constraint where connamespace = 'app'::regnamespace and contype <> 'n'
  union all select indexdef from pg_indexes where schemaname = 'app'
  union all select format('%s %s %s %s', relname, relacl, relrowsecurity, relforcerowsecurity)
    from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'
  union all select format('%s %s %s %s', tablename, policyname, qual, with_check) from pg_policies where schemaname = 'app'
  union all select format('%s %s %s %s', proname, prosrc, proacl, proowner)
    from pg_proc where pronamespace = 'app'::regnamespace
  union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
  order by 1`

function asAdmin<T extends object>(text: string, values: unknown[] = []) {
  return onConnection({ url: db.adminUrl }, (connection) => connection.query<T>(text, values))
}

async function catalogue(): Promise<string[]> {
  const { rows } = await asAdmin<{ line: string }>(CATALOGUE)
  return rows.map(({ line }) => line)
}

async function rowsNow(): Promise<unknown[]> {
  const { rows } = await asAdmin('select * from app.things order by id')
  return rows
}

/** Two rows, one of them with as little as it may have. */
async function putRows({ row = {} }: Change): Promise<void> {
  const base = { tenant_id: TENANT, version: 1, created_at: '2026-01-01', updated_at: '2026-01-01' }
  await put('labels', { ...base, id: ONE, title: 'A' })
  await put('things', { ...base, ...row, id: ONE, kept: 'one' })
  const { rows } = await asAdmin<{ name: string }>(`select attname as name from pg_attribute
     where attrelid = 'app.things'::regclass and attnum > 0 and attnotnull and not atthasdef`)
  const needed = Object.entries(row).filter(([name]) => rows.some((one) => one.name === name))
  await put('things', {
    ...base,
    ...Object.fromEntries(needed),
    id: OTHER,
    kept: 'other',
    ...('a' in row && { a: 'y' }),
  })
}

async function put(table: string, row: object): Promise<void> {
  const columns = Object.keys(row).map((name) => `"${name}"`)
  await asAdmin(
    `insert into app.${table} (${columns}) select ${columns} from jsonb_populate_record(null::app.${table}, $1)`,
    [JSON.stringify(row)],
  )
}

/** What a person writes where the file says so. */
function filled({ fill = {} }: Change): string {
  const columns = Object.keys(fill)
  if (columns.length === 0) return ''
  const sets = columns.map((name) => `"${name}" = coalesce(t."${name}", f."${name}")`)
  return `alter table app.things no force row level security;
    update app.things t set ${sets} from jsonb_populate_record(null::app.things, $fill$${JSON.stringify(fill)}$fill$) f;
    alter table app.things force row level security;`
}

for (const change of everyChange) {
  test(`issue 4 §2: ${change.title}: nothing is left to write, and down leads back, rows and all`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-every-change-'))
    const run = (to?: number) =>
      migrate({ url: db.ownerUrl, set: { folder }, log, ...(to !== undefined && { to }) })
    const write = async (name: string, up: string, down: string) => {
      await writeFile(join(folder, `${name}.up.sql`), up)
      await writeFile(join(folder, `${name}.down.sql`), down)
    }
    const { from, to, renames = [] } = change
    try {
      const tables = from.toReversed().map((one) => createTableSql(one, from))
      await write('0001_before', `-- after: nothing\n${tables.join('\n')}`, '-- nothing')
      await run()
      await putRows(change)
      const start = { catalogue: await catalogue(), rows: await rowsNow() }
      const plan = { folder, entities: to, message: 'change', renames }
      const { texts } = await revise(plan, () => true)
      for (const [at, { name, up, down }] of texts.entries())
        await write(name, at === 0 ? up + filled(change) : up, down)
      await run()
      assert.deepEqual(await declarationFaults(db.database.platform, to), [])
      const again = await revise({ ...plan, renames: [] }, () => true)
      assert.deepEqual(again.texts, [])
      await run(1)
      assert.deepEqual(await catalogue(), start.catalogue)
      const rows = await rowsNow()
      if (change.otherRows) assert.equal(rows.length, start.rows.length)
      else assert.deepEqual(rows, start.rows)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}
