import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { migrationStatus, onConnection, setupRoles } from 'plinth/data'
import type { TestDatabase } from 'plinth/testing'
import { openTestDatabase } from 'plinth/testing'
import { environmentOn, type Outcome, runPlinth } from '../run-plinth.fixture.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

let db: TestDatabase
let cwd: string

before(async () => {
  db = await openTestDatabase()
  cwd = await mkdtemp(join(tmpdir(), 'plinth-flow-'))
  for (const name of ['src', 'migrations', 'config.yaml', 'package.json']) {
    await cp(join(ROOT, 'template', name), join(cwd, name), { recursive: true })
  }
  await symlink(join(ROOT, 'node_modules'), join(cwd, 'node_modules'), 'dir')
})
after(async () => {
  await db[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true, force: true })
})

function plinthDb(...args: readonly string[]): Promise<Outcome> {
  return runPlinth(['db', ...args], { cwd, env: environmentOn(db.appUrl, db.ownerUrl) })
}

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await plinthDb(...args)
  assert.equal(code, 0, `${args.join(' ')}: ${err}`)
  return out
}

async function edit(from: string | RegExp, to: string): Promise<void> {
  const file = join(cwd, 'src/entities/product/product.ts')
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
}

function owner(sql: string) {
  return onConnection({ url: db.ownerUrl }, (connection) => connection.query(sql))
}

test('an entity that changed is red until a migration leads to it', async () => {
  await done('upgrade')
  assert.match(await done('revision', '--check'), /lead to what is declared\.$/)
  await edit(
    'stock: z.int32().min(0).default(0),',
    'stock: z.int32().min(0).default(0),\n    weight: z.int32().default(1),',
  )
  const red = await plinthDb('revision', '--check')
  assert.deepEqual(
    [red.code, red.err],
    [
      1,
      'No committed migration leads to product as declared; run: npx plinth db revision -m "what changes"',
    ],
  )
  assert.match(
    await done('revision', '-m', 'add weight', '--dry-run'),
    /add column weight integer not null default 1;/,
  )
  assert.match(
    await done('revision', '--autogenerate', '-m', 'add weight'),
    /wrote {2}migrations\/0002_add_weight\.up\.sql/,
  )
  assert.match(await done('upgrade'), /applied {2}0002_add_weight\nservice is at 2$/)
  assert.match(await done('check'), /The database is as it should be\.$/)
})

test('a name that went and one that came are asked about; up, down and up again', async () => {
  await edit('price: money()', 'cost: money()')
  const unsure = await plinthDb('revision', '-m', 'call it cost')
  assert.equal(unsure.code, 2)
  assert.equal(
    unsure.err,
    `product.price is gone and cost is new. Say what happened:
  npx plinth db revision -m "call it cost" --rename product.price=cost
  npx plinth db revision -m "call it cost" --allow-destructive`,
  )
  const json = await plinthDb('revision', '-m', 'call it cost', '--json')
  assert.deepEqual([json.code, JSON.parse(json.out).code], [2, 'ambiguous'])
  await done('revision', '-m', 'call it cost', '--rename', 'product.price=cost')
  assert.match(await done('upgrade', 'head'), /applied {2}0003_call_it_cost/)
  assert.match(await done('downgrade', '-1'), /undone {2}0003_call_it_cost\nservice is at 2$/)
  assert.match(
    (await plinthDb('upgrade', '0001')).err,
    /at 2 already; to go back: npx plinth db downgrade 0001/,
  )
  assert.match(await done('upgrade', '0003_call_it_cost'), /service is at 3$/)
  assert.match(await done('check'), /as it should be\.$/)
})

test('what is missing or changed is drift, what was added by hand is not', async () => {
  await owner('create index by_hand on app.products (lower(name))')
  assert.match(await done('check'), /as it should be\.$/)
  await owner('drop index app.products_status_created_at_idx')
  await owner("alter table app.products alter column status set default 'live'")
  const { code, out } = await plinthDb('check', '--json')
  assert.equal(code, 1)
  assert.deepEqual(JSON.parse(out).faults, [
    `app.products: column status is "text not null default 'live'" where "text not null default 'draft'" is declared`,
    'app.products: index products_status_created_at_idx is missing',
  ])
  await owner(`create index products_status_created_at_idx on app.products (tenant_id, status, created_at);
    alter table app.products alter column status set default 'draft'`)
})

test('two people wrote at once: upgrade names both files, renumber mends them', async () => {
  for (const [name, sql] of [
    ['0004_ours', 'select 1;'],
    ['0004_theirs', 'select 2;'],
  ] as const) {
    await writeFile(
      join(cwd, 'migrations', `${name}.up.sql`),
      `-- after: 0003_call_it_cost\n${sql}\n`,
    )
    await writeFile(join(cwd, 'migrations', `${name}.down.sql`), '-- nothing\n')
  }
  const { code, err } = await plinthDb('upgrade')
  assert.equal(code, 2)
  assert.match(err, /0004_ours\.up\.sql and 0004_theirs\.up\.sql, .*run "plinth db renumber"/)
  assert.match(await done('heads'), /service: 0004_ours, 0004_theirs/)
  assert.equal(
    await done('renumber', '0004_ours', '--dry-run'),
    'would change  0004_ours → 0005_ours',
  )
  assert.equal(await done('renumber'), 'changed  0004_theirs → 0005_theirs')
  assert.match(await done('upgrade'), /applied {2}0004_ours\napplied {2}0005_theirs/)
})

test('seed runs as often as one likes; a dump holds the schema and every tenant', async () => {
  assert.match(
    (await plinthDb('seed')).err,
    /There is no src\/seed\.ts; export async function seed/,
  )
  await writeFile(
    join(cwd, 'src/seed.ts'),
    `import { product } from './entities/product/product.ts'
export async function seed(tx) {
  const { rows } = await tx.query('select from app.products limit 1')
  if (rows.length === 0) await product.insert(tx, { sku: 'A-1', name: "Anna's", cost: 100 })
}
`,
  )
  assert.equal(await done('seed', '--tenant', 'demo'), 'seeded  demo')
  assert.equal(await done('seed', '--tenant', 'other'), 'seeded  other')
  assert.match(await done('seed'), /seeded {2}demo\nseeded {2}other/)
  const file = join(cwd, 'dump.sql')
  const foretold = await done('dump', '--data', '--out', file, '--dry-run')
  await assert.rejects(readFile(file), /ENOENT/)
  assert.equal(await done('dump', '--data', '--out', file), `wrote  ${file}`)
  const lines = (await readFile(file, 'utf8')).split('\n').length - 1
  assert.equal(foretold, `would write  ${file}: ${lines} lines`)
  const again = await plinthDb('dump', '--out', file)
  assert.deepEqual([again.code, /is there already; say another file/.test(again.err)], [2, true])
  const counted = await restored(await readFile(file, 'utf8'))
  assert.deepEqual(counted, { products: 2, pending: [] })
})

/** Reads a dump into a database of its own and counts what it holds. */
async function restored(sql: string): Promise<{ products: number; pending: readonly string[] }> {
  const database = `${db.name}_restored`
  const { urls, adminUrl } = await emptyDatabase(database)
  try {
    await onConnection({ url: urls.owner }, (connection) => connection.query(sql))
    const { rows } = await onConnection({ url: adminUrl }, (connection) =>
      connection.query<{ n: number }>('select count(*)::int as n from app.products'),
    )
    const set = { folder: join(cwd, 'migrations') }
    const { pending } = await migrationStatus({ url: urls.owner, set })
    return { products: rows[0]?.n ?? 0, pending }
  } finally {
    await onConnection({ url: db.adminUrl }, async (admin) => {
      await admin.query(`drop database ${database} with (force)`)
      for (const role of ['owner', 'user', 'reader'])
        await admin.query(`drop role ${database}_${role}`)
    })
  }
}

async function emptyDatabase(database: string) {
  const { urls } = await setupRoles({ adminUrl: db.adminUrl, database })
  const admin = new URL(db.adminUrl)
  admin.pathname = `/${database}`
  return { urls, adminUrl: admin.href }
}

test('another tool may migrate the tables: ours steps back, and still checks', async () => {
  assert.match(await done('pull', 'app.products'), /export const product = entity\('product', \{/)
  const file = join(cwd, 'config.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('  database:\n', '  database:\n    migrations: external\n'))
  for (const args of [
    ['revision', '-m', 'x'],
    ['downgrade'],
    ['renumber'],
    ['stamp', 'head'],
  ] as const) {
    const { code, err } = await plinthDb(...args)
    assert.equal(code, 2)
    assert.match(err, /^database\.migrations is external, so another tool migrates/)
  }
  assert.match(await done('upgrade'), /^platform is at \d+, as it was$/)
  assert.match(await done('check'), /as it should be\.$/)
  await owner('alter table app.products drop column weight')
  assert.match((await plinthDb('check')).out, /^app\.products: column weight is missing$/m)
})
