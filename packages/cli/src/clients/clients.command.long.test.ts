import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openTestDatabase } from 'plinth/testing'
import { environmentOn, type Outcome, runPlinth } from '../run-plinth.fixture.ts'

const db = await openTestDatabase()
const cwd = await mkdtemp(join(tmpdir(), 'plinth-cli-clients-'))
after(async () => {
  await db[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true, force: true })
})
await writeFile(join(cwd, 'package.json'), '{"name":"shelf","type":"module"}')
await writeFile(join(cwd, 'config.yaml'), 'config:\n  oauth:\n    enabled: true\n')

function clients(...args: string[]): Promise<Outcome> {
  return runPlinth(['clients', ...args], { cwd, env: environmentOn(db.appUrl) })
}

await db.database.platform.query(
  "insert into plinth.tenants (id, slug, name, kind) values (gen_random_uuid(), 'acme', 'A', 'organisation')",
)
const nightly = ['--tenant', 'acme', '--owner', 'ci', '--name', 'nightly']
const scopes = ['--scopes', 'ware:read, ware:write']

test('a machine client is made, listed, given a new secret and ended; its secret is printed once', async () => {
  const unknown = await clients('add', ...nightly, ...scopes)
  assert.deepEqual([unknown.code, /no such service account/.test(unknown.err)], [1, true])
  const dry = await clients('add', ...nightly, ...scopes, '--account', '--dry-run')
  assert.equal(dry.out, 'The client "nightly" can be made.', dry.err)
  assert.match((await clients('ls', '--tenant', 'acme')).out, /has no machine clients/)
  const made = await clients('add', ...nightly, ...scopes, '--account', '--json')
  const { client_id, client_secret } = JSON.parse(made.out)
  assert.match(client_secret, /^[\w-]{43}$/)
  const beyond = await clients('add', ...nightly, '--scopes', 'ware:read,other:do')
  assert.deepEqual([beyond.code, /no more than its service account/.test(beyond.err)], [1, true])

  const tried = await clients('rotate', client_id, '--dry-run')
  assert.equal(tried.out, `${client_id} can get a new secret.`)
  const rotated = await clients('rotate', client_id, '--overlap', '60')
  assert.match(rotated.out, /^[\w-]{43}$/)
  assert.notEqual(rotated.out, client_secret)
  assert.match(rotated.err, /^Keep it now/)
  const listed = await clients('ls', '--tenant', 'acme')
  assert.match(listed.out, /nightly {2}ware:read ware:write {2}client_secret {2}used never/)
  assert.ok(!listed.out.includes(client_secret) && !listed.out.includes(rotated.out))

  assert.equal(
    (await clients('revoke', client_id, '--dry-run')).out,
    `The client ${client_id} would end`,
  )
  assert.equal((await clients('revoke', client_id)).out, `The client ${client_id} ended`)
  const again = await clients('revoke', client_id)
  assert.deepEqual([again.code, again.err.includes('no such machine client')], [1, true])
  assert.equal((await clients('ls', '--tenant', 'acme', '--json')).out, '[]')
})

test('a client with keys of its own gets no secret; what cannot be used is said in one sentence', async () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one' }
  await writeFile(join(cwd, 'jwks.json'), JSON.stringify({ keys: [jwk] }))
  await writeFile(join(cwd, 'weak.json'), JSON.stringify([{ kty: 'oct', k: 'AA', kid: 'x' }]))
  await writeFile(join(cwd, 'none.json'), '"nothing"')
  const add = (...more: string[]) => clients('add', ...nightly, '--scopes', 'ware:read', ...more)
  const made = JSON.parse((await add('--account', '--keys', 'jwks.json', '--json')).out)
  assert.equal(made.client_secret, null)
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['add', ...nightly, ...scopes, '--keys', 'weak.json'], 1, /These keys cannot be used/],
    [['add', ...nightly, ...scopes, '--keys', 'none.json'], 2, /holds no keys/],
    [['add', ...nightly, ...scopes, '--keys', 'missing.json'], 2, /cannot be read/],
    [['rotate', made.client_id], 1, /it has no secret/],
    [['rotate', made.client_id, '--overlap', 'long'], 2, /--overlap takes a whole number/],
    [['revoke', 'nightly'], 2, /plinth clients ls shows/],
    [['ls', '--tenant', 'nowhere'], 1, /no active tenant of that name/],
  ]
  for (const [args, code, sentence] of cases) {
    const answer = await clients(...args)
    assert.equal(answer.code, code, answer.err)
    assert.match(answer.err, sentence)
  }
})
