import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openTestDatabase } from 'plinth/testing'

const PROGRAM = fileURLToPath(new URL('../../bin/plinth.js', import.meta.url))
const db = await openTestDatabase()
const cwd = await mkdtemp(join(tmpdir(), 'plinth-cli-db-'))

after(async () => {
  await db[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true, force: true })
})

await mkdir(join(cwd, 'migrations'))
const files = {
  'package.json': '{"name":"shelf","type":"module"}',
  'config.yaml': 'config: {}\n',
  'migrations/0001_shelf.up.sql': '-- after: nothing\ncreate table app.shelf (id int);',
  'migrations/0001_shelf.down.sql': 'drop table app.shelf;',
}
for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)

const SECRETS = {
  SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
  CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
}

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

function plinthDb(args: string, more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const urls = { DATABASE_URL: db.appUrl, DATABASE_OWNER_URL: db.ownerUrl }
  const env = { ...process.env, NO_COLOR: '1', ...SECRETS, ...urls, ...more }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, 'db', ...args.split(' ')],
      { cwd, env },
      (error, out, err) => {
        const code = typeof error?.code === 'number' ? error.code : 0
        resolve({ code, out: out.trim(), err: err.trim() })
      },
    )
  })
}

async function owner(sql: string): Promise<void> {
  const client = new pg.Client(db.ownerUrl)
  await client.connect()
  await client.query(sql)
  await client.end()
}

test('plinth db upgrade, current, history, downgrade', async () => {
  assert.match((await plinthDb('current')).out, /service is at 0; pending: 0001_shelf$/)
  const foretold = (await plinthDb('upgrade --dry-run')).out
  assert.match(
    foretold,
    /^platform stays at \d+\nwould apply {2}0001_shelf\nservice would be at 1$/,
  )
  assert.match((await plinthDb('current')).out, /pending: 0001_shelf$/)
  assert.match((await plinthDb('upgrade')).out, /applied {2}0001_shelf\nservice is at 1$/)
  assert.match((await plinthDb('history')).out, /service +0001_shelf +\d{4}-/)
  const undoing = (await plinthDb('downgrade --dry-run')).out
  assert.equal(undoing, 'would undo   0001_shelf\nservice would be at 0')
  assert.equal((await plinthDb('downgrade')).out, 'undone  0001_shelf\nservice is at 0')
  const nothing = await plinthDb('downgrade')
  assert.deepEqual(
    [nothing.code, nothing.err],
    [2, 'Nothing is applied, so there is nothing to undo.'],
  )
})

test('plinth db upgrade as the app role says whose work it is', async () => {
  const { code, err } = await plinthDb('upgrade', { DATABASE_OWNER_URL: db.appUrl })
  assert.equal(code, 2)
  assert.match(err, /^This role may not migrate the database; give the owner as DATABASE_OWNER_URL/)
})

test('plinth db check names what is pending and what would let tenants meet', async () => {
  assert.match((await plinthDb('check')).out, /^0001_shelf is pending$/m)
  await plinthDb('upgrade')
  const { code, out } = await plinthDb('check')
  assert.equal(code, 1)
  assert.match(out, /^app\.shelf is neither a global nor a tenant table/m)
  await owner('alter table plinth.people add column nick text')
  assert.match((await plinthDb('check')).out, /^plinth\.people: column nick is not declared$/m)
  await owner('alter table plinth.people drop column nick')
  await plinthDb('downgrade')
})

test('issue 4 §2: an edited migration is told by check, current and a dry run', async () => {
  await plinthDb('upgrade')
  const [file, text] = ['migrations/0001_shelf.up.sql', files['migrations/0001_shelf.up.sql']]
  await writeFile(join(cwd, file), `${text}\n-- edited`)
  const edited = /0001_shelf was edited after it was applied/
  const check = await plinthDb('check --json')
  assert.equal(check.code, 1)
  assert.match(JSON.parse(check.out).faults.join(), edited)
  assert.match((await plinthDb('current')).out, edited)
  const dry = await plinthDb('upgrade --dry-run')
  assert.equal(dry.code, 1)
  assert.match(dry.err, edited)
  await writeFile(join(cwd, file), text)
  await plinthDb('downgrade')
})

test('plinth db dump into a folder that is not there is a misuse, and makes no file', async () => {
  const { code, err } = await plinthDb('dump --out nowhere/shelf.sql')
  assert.equal(code, 2)
  assert.equal(err, 'nowhere/shelf.sql cannot be written (ENOENT); say another file.')
})

test('plinth db url hides the password unless it is asked for', async () => {
  const { password } = new URL(db.appUrl)
  assert.ok(!(await plinthDb('url')).out.includes(password))
  assert.equal((await plinthDb('url --reveal')).out, db.appUrl)
})

test('plinth db reset asks for --force, and never runs in production', async () => {
  assert.match((await plinthDb('reset')).err, /^This deletes all data of the service; say --force/)
  const production = { ENVIRONMENT: 'production', BASE_URL: 'https://shelf.example' }
  assert.match((await plinthDb('reset --force', production)).err, /does not run in production/)
  const foretold = (await plinthDb('reset --dry-run')).out
  assert.match(
    foretold,
    /would undo[\s\S]*platform would be at 0\n[\s\S]*would apply {2}0001_shelf/,
  )
  assert.match((await plinthDb('reset --force')).out, /platform is at 0[\s\S]*platform is at \d+\n/)
})

test('plinth db reset --force undoes what was edited after it was applied, and applies it as it is now', async () => {
  const [file, text] = ['migrations/0001_shelf.up.sql', files['migrations/0001_shelf.up.sql']]
  await plinthDb('upgrade')
  await writeFile(join(cwd, file), `${text}\n-- edited`)
  const edited = /0001_shelf was edited after it was applied/
  assert.match((await plinthDb('upgrade')).err, edited)
  assert.match((await plinthDb('reset --dry-run')).out, /would undo {3}0001_shelf/)
  const { code, out, err } = await plinthDb('reset --force')
  assert.equal(code, 0, err)
  assert.match(out, /undone {2}0001_shelf[\s\S]*applied {2}0001_shelf/)
  assert.equal((await plinthDb('upgrade')).code, 0)
  await writeFile(join(cwd, file), text)
  assert.equal((await plinthDb('reset --force')).code, 0)
})

test('plinth db heads and renumber go by the files where no database is named', async () => {
  const none = { DATABASE_URL: '', DATABASE_OWNER_URL: '' }
  const heads = await plinthDb('heads --json', none)
  assert.equal(heads.code, 0, heads.err)
  const [platform, service] = JSON.parse(heads.out)
  assert.match(platform.heads.join(), /^\d{4}_\w+$/)
  assert.deepEqual(service, { set: 'service', heads: ['0001_shelf'] })
  const renumbered = await plinthDb('renumber', none)
  assert.equal(
    renumbered.out,
    'The migrations are one line; there is nothing to renumber.',
    renumbered.err,
  )
})

test('plinth db setup --dry-run prints SQL, does nothing, and shows no password', async () => {
  const url = new URL(db.adminUrl)
  url.pathname = '/a_new_one'
  const { code, out } = await plinthDb(`setup --admin-url ${url.href} --dry-run`)
  assert.equal(code, 0)
  assert.match(out, /^create role "a_new_one_owner" login password '\[hidden\]';$/m)
  assert.match(out, /^create database "a_new_one" owner "a_new_one_owner";$/m)
  assert.ok(!out.includes(url.password))
  url.password = 'wrong'
  const refused = await plinthDb(`setup --admin-url ${url.href}`)
  assert.equal(refused.code, 1)
  assert.match(refused.err, /^The database could not be set up: password authentication failed/)
})
