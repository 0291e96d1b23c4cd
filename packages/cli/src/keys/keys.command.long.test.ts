import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openTestDatabase } from 'plinth/testing'
import { environmentOn, type Outcome, runPlinth } from '../run-plinth.fixture.ts'

const db = await openTestDatabase()
const cwd = await mkdtemp(join(tmpdir(), 'plinth-cli-keys-'))
after(async () => {
  await db[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true, force: true })
})
await writeFile(join(cwd, 'package.json'), '{"name":"shelf","type":"module"}')
await writeFile(join(cwd, 'config.yaml'), 'config:\n  api_keys:\n    default_lifetime_days: 30\n')

function keys(...args: string[]): Promise<Outcome> {
  return runPlinth(['keys', ...args], { cwd, env: environmentOn(db.appUrl) })
}

await db.database.platform.query(
  "insert into plinth.tenants (id, slug, name, kind) values (gen_random_uuid(), 'acme', 'A', 'organisation')",
)

const robot = ['--tenant', 'acme', '--owner', 'ci', '--type', 'service', '--name', 'deploy']
const scopes = ['--scopes', 'ware:read, ware:write']

test('keys create, ls, rotate and revoke: the key is printed once, and a dry run leaves nothing', async () => {
  const unknown = await keys('create', ...robot, ...scopes)
  assert.deepEqual([unknown.code, /service account by its name/.test(unknown.err)], [1, true])
  const dry = await keys('create', ...robot, ...scopes, '--account', '--dry-run')
  assert.equal(dry.out, 'The key "deploy" can be made.')
  assert.match((await keys('ls', '--tenant', 'acme')).out, /has no API keys/)
  const nowhere = await keys('ls', '--tenant', 'nowhere')
  assert.deepEqual([nowhere.code, /plinth seed --tenant/.test(nowhere.err)], [1, true])
  const made = await keys('create', ...robot, ...scopes, '--account', '--json')
  const { key, api_key } = JSON.parse(made.out)
  assert.match(key, /^sk_service_/)
  const days = (Date.parse(api_key.expires_at) - Date.parse(api_key.created_at)) / 86_400_000
  assert.equal(Math.round(days), 30, 'as config.yaml says')
  const beyond = await keys('create', ...robot, '--scopes', 'ware:read,other:do')
  assert.deepEqual([beyond.code, /other:do/.test(beyond.err)], [1, true])
  const rotated = await keys('rotate', api_key.id, '--overlap', '60')
  assert.match(rotated.out, /^sk_service_\S+$/)
  assert.match(rotated.err, /^Keep it now/)
  const again = await keys('rotate', api_key.id)
  assert.deepEqual([again.code, /was rotated before/.test(again.err)], [1, true])
  const listed = await keys('ls', '--tenant', 'acme')
  assert.equal(listed.out.split('\n').length, 2)
  assert.ok(!listed.out.includes(key.slice(12)))
  assert.equal((await keys('revoke', api_key.id, '--dry-run')).out, '1 key would end')
  assert.equal((await keys('revoke', api_key.id)).out, '1 key ended')
  assert.equal((await keys('revoke', api_key.id)).out, 'The key was revoked before')
})

test('keys refuses what it cannot read, with the next step', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['create', ...robot, ...scopes, '--type', 'root'], /--type takes one of/],
    [['create', ...robot, ...scopes, '--expires', 'soon'], /--expires takes days/],
    [['create', ...robot, ...scopes, '--rate-limit', 'many'], /--rate-limit takes a whole number/],
    [['revoke', 'deploy'], /plinth keys ls shows/],
    [['import', 'missing.json'], /cannot be read/],
  ]
  for (const [args, sentence] of cases) {
    const { code, err } = await keys(...args)
    assert.deepEqual([code, sentence.test(err)], [2, true], err)
  }
})

test('keys import takes hashes over, all or none', async () => {
  const hash = createHash('sha256').update('a key of another system').digest('hex')
  const entry = { hash, tenant: 'acme', owner: 'ci', name: 'old', scopes: ['ware:read'] }
  await writeFile(join(cwd, 'keys.json'), JSON.stringify([entry]))
  await writeFile(join(cwd, 'bad.json'), JSON.stringify([entry, { ...entry, owner: 'nobody' }]))
  const bad = await keys('import', 'bad.json')
  assert.deepEqual([bad.code, /entry 2: nobody is not/.test(bad.err)], [1, true])
  const dry = await keys('import', 'keys.json', '--dry-run')
  assert.equal(dry.out, '1 would be imported, 0 there before')
  assert.equal((await keys('import', 'keys.json')).out, '1 imported, 0 there before')
  assert.equal((await keys('import', 'keys.json')).out, '0 imported, 1 there before')
})
