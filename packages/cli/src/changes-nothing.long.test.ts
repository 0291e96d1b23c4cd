import assert from 'node:assert/strict'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { openTestDatabase } from 'plinth/testing'
import { commandNotes } from './command-notes.ts'
import { scratchService, TEMPLATE, treeOf } from './entity/scratch-service.fixture.ts'
import { environmentOn, type Outcome, runPlinth } from './run-plinth.fixture.ts'

// Every command of the tool that only reads, and every one that writes with --dry-run: the files of a
// service and all rows of its database are after it what they were before.

const db = await openTestDatabase({ migrations: join(TEMPLATE, 'migrations') })
const service = scratchService()
const admin = new pg.Client(db.adminUrl)
await admin.connect()
after(async () => {
  await admin.end()
  await db[Symbol.asyncDispose]()
  service.remove()
})

const HERE = { cwd: service.folder, env: environmentOn(db.appUrl, db.ownerUrl) }

/** Words of command lines by command; `{key}` and `{client}` stand for what was made before. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  new: ['shop --yes'],
  'entity add': ['Gadget name:string'],
  'entity ls': [''],
  'entity rm': ['Spare'],
  'entity expand': ['Product list'],
  'entity field add': ['product weight:int?'],
  'entity field rename': ['product stock count'],
  'entity field rm': ['product stock'],
  sync: ['', '--accept-breaking'],
  'dev start-env': [''],
  'dev status': [''],
  'dev logs': ['server'],
  'init-db': [''],
  'db setup': [`--admin-url ${db.adminUrl}`],
  'db revision': ['-m more'],
  'db upgrade': [''],
  'db migrate': [''],
  'db downgrade': [''],
  'db current': [''],
  'db history': [''],
  'db heads': [''],
  'db renumber': [''],
  'db stamp': ['head'],
  'db check': [''],
  'db url': ['', '--reveal'],
  'db reset': [''],
  'db pull': [''],
  'db seed': [''],
  'db dump': ['', '--data --out dump.sql'],
  'config explain': [''],
  'config check': [''],
  seed: ['--admin-email new@example.com --tenant new'],
  'platform grant': ['bea@example.com'],
  'platform revoke': ['ana@example.com'],
  'platform ls': [''],
  'people ls': [''],
  'people import': ['people.csv --from csv --tenant main'],
  'people disable': ['bea@example.com'],
  'people enable': ['bea@example.com'],
  'people erase': ['bea@example.com', 'bea@example.com --yes'],
  'keys create': ['--tenant main --owner ana@example.com --name b --scopes product:read'],
  'keys ls': ['--tenant main'],
  'keys rotate': ['{key}'],
  'keys revoke': ['{key}'],
  'keys import': ['keys.json'],
  'clients add': ['--tenant main --owner ci --account --name b --scopes product:read'],
  'clients ls': ['--tenant main'],
  'clients rotate': ['{client}'],
  'clients revoke': ['{client}'],
  check: [''],
  attack: ['--only /health'],
  why: ['GET /api/v1/products'],
  routes: [''],
  openapi: ['', '--check'],
  doctor: [''],
  eject: ['web'],
  completion: ['bash'],
  version: [''],
}

/** Commands that have findings here: they end by another code than 0. */
const FINDING: readonly string[] = ['check', 'db check', 'doctor', 'sync']

/** What needs a service that was made elsewhere is proved beside that. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  update: 'test/update/update.long.test.ts',
}

const made: Record<string, string> = {}

before(async () => {
  const files = {
    'src/seed.ts': 'export function seed() {}\n',
    // Not applied yet, so that there is something to do.
    'migrations/0002_more.up.sql': '-- after: 0001_product\nselect 1;\n',
    'migrations/0002_more.down.sql': 'select 1;\n',
    'keys.json': JSON.stringify([
      { hash: 'a'.repeat(64), tenant: 'main', owner: 'ci', name: 'old', scopes: ['product:read'] },
    ]),
    'people.csv': 'id,email,email_verified,first_name,last_name\n1,dan@example.com,true,Dan,Dell\n',
  }
  for (const [name, text] of Object.entries(files))
    await writeFile(join(service.folder, name), text)
  await done('entity add Spare name:string')
  await appendFile(join(service.folder, 'src/generated/routes.txt'), 'stale\n')
  await db.database.platform.query('select plinth_jobs.create_queue($1, $2::jsonb)', [
    'identity.forget-person',
    JSON.stringify({ policy: 'standard', retryLimit: 3, expireInSeconds: 900 }),
  ])
  for (const who of ['ana', 'bea', 'cid'])
    await done(`seed --admin-email ${who}@example.com --tenant main`)
  for (const who of ['ana', 'cid']) await done(`platform grant ${who}@example.com`)
  const key = 'keys create --tenant main --owner ana@example.com --name a --scopes product:read'
  made['{key}'] = JSON.parse(await done(`${key} --json`)).api_key.id
  const client = 'clients add --tenant main --owner ci --account --name a --scopes product:read'
  made['{client}'] = JSON.parse(await done(`${client} --json`)).client_id
})

function plinth(line: string): Promise<Outcome> {
  const words = line.split(' ').filter((word) => word !== '')
  return runPlinth(
    words.map((word) => made[word] ?? word),
    HERE,
  )
}

async function done(line: string): Promise<string> {
  const { code, out, err } = await plinth(line)
  assert.equal(code, 0, `${line}: ${out}${err}`)
  return out
}

const ROWS = `
  select c.oid::regclass::text as "table",
         md5(query_to_xml(format('select t::text from %s t order by 1', c.oid::regclass), true, false, '')::text) as rows
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and n.nspname in ('app', 'plinth', 'plinth_jobs') order by 1`

/** What makes the next check faster, and git ignores. */
const REMEMBERED: readonly string[] = [join('.plinth', 'dev', 'types.json')]

/** All that a command could have changed: each file, and each table by what is in it. */
async function everything(): Promise<object> {
  const { rows } = await admin.query(ROWS)
  const files = [...treeOf(service.folder)].filter(([name]) => !REMEMBERED.includes(name))
  return { files: Object.fromEntries(files), rows }
}

const asked = Object.entries(commandNotes).filter(([, { writes }]) => typeof writes === 'boolean')

test('every command that reads or has --dry-run is tried, here or where it says', async () => {
  assert.deepEqual(
    [...Object.keys(LINES), ...Object.keys(ELSEWHERE)].toSorted(),
    asked.map(([name]) => name).toSorted(),
  )
  for (const [name, file] of Object.entries(ELSEWHERE)) {
    const text = await readFile(join(TEMPLATE, '..', file), 'utf8')
    assert.ok(text.includes(`plinth('${name}', '--dry-run'`), file)
  }
})

for (const [name, { writes }] of asked) {
  for (const words of LINES[name] ?? []) {
    const line = [name, words, writes ? '--dry-run' : ''].filter((word) => word !== '').join(' ')
    test(`issue 4 §8: plinth ${line.replace(/postgres\S+/, '<url>')} changes nothing`, async () => {
      const was = await everything()
      const { code, out, err } = await plinth(line)
      if (!FINDING.includes(name)) assert.equal(code, 0, `${out}\n${err}`)
      assert.deepEqual(await everything(), was)
    })
  }
}
