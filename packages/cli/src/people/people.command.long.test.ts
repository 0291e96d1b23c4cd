import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { openTestDatabase } from 'plinth/testing'
import { PROGRAM } from '../dev/small-service.fixture.ts'
import { environmentOn, type Outcome, runPlinth } from '../run-plinth.fixture.ts'

const db = await openTestDatabase()
const cwd = await mkdtemp(join(tmpdir(), 'plinth-cli-people-'))
after(async () => {
  await db[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true, force: true })
})
await writeFile(join(cwd, 'package.json'), '{"name":"shelf","type":"module"}')
await writeFile(join(cwd, 'config.yaml'), 'config: {}\n')
await db.database.platform.query(
  "insert into plinth.tenants (id, slug, name, kind) values (gen_random_uuid(), 'acme', 'Acme', 'organisation')",
)
const CSV = `id,email,email_verified,first_name,last_name,password_hash
1,ana@example.com,true,Ana,Alba,$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy
2,ben@example.com,true,Ben,Berg,
3,broken,true,No,Body,
`

const environment = (ownerUrl = db.ownerUrl) => environmentOn(db.appUrl, ownerUrl)

function people(args: readonly string[], ownerUrl = db.ownerUrl): Promise<Outcome> {
  return runPlinth(['people', ...args], { cwd, env: environment(ownerUrl) })
}

test('plinth people import: a dry run, the run, a second run; a line each, and exit 1 while rows are refused', async () => {
  await writeFile(join(cwd, 'people.csv'), CSV)
  const dry = await people(['import', 'people.csv', '--from', 'csv', '--dry-run'])
  assert.match(dry.out, /2 created, 0 updated, 0 unchanged, 1 refused; nothing was written$/)
  assert.match((await people(['ls'])).out, /^Nobody is here yet: plinth seed --admin-email makes/)
  assert.equal((await people(['ls', '--json'])).out, '')
  const first = await people(['import', 'people.csv', '--from', 'csv', '--tenant', 'acme'])
  assert.equal(first.code, 1, first.err)
  assert.match(
    first.out,
    /^2 {2}1 {2}created\n3 {2}2 {2}created\n4 {2}3 {2}refused \(email_invalid\)/,
  )
  const again = await people(['import', 'people.csv', '--from', 'csv', '--json'])
  const rows = again.out.split('\n').map((line) => JSON.parse(line).outcome)
  assert.deepEqual(rows, ['unchanged', 'unchanged', 'refused'])
})

test('plinth people import: what is wrong is one sentence, and exit 2', async () => {
  const nothing = await people(['import', 'nowhere.csv', '--from', 'csv'])
  assert.deepEqual([nothing.code, /cannot be read/.test(nothing.err)], [2, true])
  const source = await people(['import', 'people.csv', '--from', 'ldap'])
  assert.deepEqual([source.code, /--from takes one of better-auth/.test(source.err)], [2, true])
  const realm = await people(['import', 'people.csv', '--from', 'keycloak'])
  assert.deepEqual([realm.code, /no JSON/.test(realm.err)], [2, true])
  const tenant = await people(['import', 'people.csv', '--from', 'csv', '--tenant', 'nowhere'])
  assert.deepEqual([tenant.code, /no tenant "nowhere"/.test(tenant.err)], [2, true])
  const issuer = await people(['import', 'people.csv', '--from', 'csv', '--issuer', 'google'])
  assert.deepEqual([issuer.code, /name=URL/.test(issuer.err)], [2, true])
})

test('plinth people export: JSON lines, hashes only when asked, a file that only its owner reads', async () => {
  const plain = await people(['export'])
  const [ana] = plain.out.split('\n').map((line) => JSON.parse(line))
  assert.deepEqual([ana.email, ana.password_hash], ['ana@example.com', null])
  const written = await people(['export', '--hashes', '--out', 'people.ndjson'])
  assert.match(written.out, /^2 people are in people\.ndjson$/)
  const file = join(cwd, 'people.ndjson')
  assert.equal((await stat(file)).mode & 0o077, 0)
  assert.match(
    JSON.parse((await readFile(file, 'utf8')).split('\n')[0] ?? '').password_hash,
    /^\$2b\$/,
  )
  const { rows } = await db.database.platform.query(
    "select actor_kind from plinth.audit_events where action = 'person.hashes_exported'",
  )
  assert.deepEqual(rows, [{ actor_kind: 'system' }])
  const twice = await people(['export', '--out', 'people.ndjson'])
  assert.deepEqual([twice.code, /is there already/.test(twice.err)], [2, true])
})

test('plinth people disable and enable: who is meant, what changed, and whom nobody knows', async () => {
  const dry = await people(['disable', 'ana@example.com', '--dry-run'])
  assert.match(dry.out, /^Ana Alba \([0-9a-f-]{36}\) would be disabled$/)
  assert.match((await people(['disable', 'ana@example.com'])).out, /is disabled$/)
  const { out } = await people(['ls', '--email', 'ANA', '--json'])
  assert.equal(JSON.parse(out).status, 'inactive')
  assert.match((await people(['enable', 'ana@example.com'])).out, /is active$/)
  const unknown = await people(['disable', 'eve@example.com'])
  assert.deepEqual([unknown.code, /plinth people ls/.test(unknown.err)], [1, true])
})

test('plinth people export --person: all rows about one, no hash, and the audit log says so', async () => {
  const one = await people(['export', '--person', 'ana@example.com'])
  const data = JSON.parse(one.out)
  assert.deepEqual(
    [data.format, data.tables['plinth.people'][0].email, data.tenants.length],
    ['plinth-person-1', 'ana@example.com', 1],
  )
  assert.doesNotMatch(one.out, /\$2b\$/)
  const file = await people(['export', '--person', 'ana@example.com', '--out', 'ana.json'])
  assert.match(file.out, /^\d+ rows are in ana\.json$/)
  const nobody = await people(['export', '--person', 'eve@example.com'])
  assert.deepEqual([nobody.code, /plinth people ls/.test(nobody.err)], [1, true])
  assert.equal((await people(['export', '--person', 'x', '--hashes'])).code, 2)
})

test('plinth people erase: a dry run, a question that a script must answer, and then nobody is there', async () => {
  const ben = ['erase', 'ben@example.com']
  const early = await people([...ben, '--yes'])
  assert.deepEqual([early.code, /start the service once/.test(early.err)], [1, true])
  await db.database.platform.query('select plinth_jobs.create_queue($1, $2::jsonb)', [
    'identity.forget-person',
    JSON.stringify({ policy: 'standard', retryLimit: 3, expireInSeconds: 900 }),
  ])
  const dry = await people([...ben, '--dry-run'])
  assert.match(dry.out, /^Ben Berg \([0-9a-f-]{36}\) would be erased, with \d+ rows$/)
  const there = await people(['ls'])
  assert.match(there.out, /ben@example\.com/, there.err)
  const unsaid = await people(ben)
  assert.deepEqual([unsaid.code, /Ben Berg .* for good; say --yes/.test(unsaid.err)], [2, true])
  const done = await people([...ben, '--yes', '--json'])
  assert.equal(JSON.parse(done.out).erased, true)
  assert.doesNotMatch((await people(['ls'])).out, /ben@example\.com/)
  const again = await people([...ben, '--yes'])
  assert.deepEqual([again.code, /Nobody has/.test(again.err)], [1, true])
  const { rows } = await db.database.platform.query(
    `select action, actor_kind from plinth.audit_events
      where action in ('person.exported', 'person.erased') order by occurred_at, id`,
  )
  const by = { actor_kind: 'system' }
  assert.deepEqual(rows, [
    { action: 'person.exported', ...by },
    { action: 'person.exported', ...by },
    { action: 'person.erased', ...by },
  ])
})

test('every command of the guides about people and about leaving does what it says', async () => {
  const bin = join(cwd, 'npx')
  await writeFile(bin, `#!/bin/sh\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`, {
    mode: 0o755,
  })
  await rm(join(cwd, 'people.ndjson'), { force: true })
  for (const [guide, expected] of [
    [
      'guides/people.md',
      /1 created.*nothing was written[\s\S]*1 created[\s\S]*Ida Iron <ida@example\.com>/,
    ],
    ['leaving.md', /people are in people\.ndjson[\s\S]*"password_hash":"\$2b\$/],
  ] as const) {
    const url = new URL(`../../../../docs/${guide}`, import.meta.url)
    const [script = '', ...more] = [
      ...(await readFile(url, 'utf8')).matchAll(/^```sh\n([\s\S]*?)^```$/gm),
    ].map((hit) => hit[1])
    assert.equal(more.length, 0)
    const env = { ...environment(), PATH: `${cwd}${delimiter}${process.env['PATH']}` }
    const { stdout } = await promisify(execFile)('sh', ['-euc', script], { cwd, env })
    assert.match(stdout, expected)
  }
})
