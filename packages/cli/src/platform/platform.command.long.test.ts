import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openTestDatabase } from 'plinth/testing'
import { environmentOn, type Outcome, runPlinth } from '../run-plinth.fixture.ts'

const db = await openTestDatabase()
const cwd = await mkdtemp(join(tmpdir(), 'plinth-cli-platform-'))
after(async () => {
  await db[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true, force: true })
})
await writeFile(join(cwd, 'package.json'), '{"name":"shelf","type":"module"}')
await writeFile(join(cwd, 'config.yaml'), 'config: {}\n')
await db.database.platform.query(
  `insert into plinth.people (id, name, email, email_verified)
   values (gen_random_uuid(), 'Ana', 'ana@example.com', true)`,
)

function platform(args: string, ownerUrl = db.ownerUrl): Promise<Outcome> {
  return runPlinth(['platform', ...args.split(' ')], {
    cwd,
    env: environmentOn(db.appUrl, ownerUrl),
  })
}

test('TN-17 platform grant, ls and revoke: as the owner of the database, and one sentence for each way it fails', async () => {
  const dry = await platform('grant ana@example.com --dry-run')
  assert.match(dry.out, /^Ana \([0-9a-f-]{36}\) would administer the platform$/)
  assert.match((await platform('ls')).out, /^Nobody administers the platform/)
  const granted = await platform('grant ana@example.com')
  assert.match(granted.out, /^Ana .* administers the platform now; their sessions ended$/)
  const [listed] = JSON.parse((await platform('ls --json')).out)
  assert.deepEqual([listed.name, listed.permissions], ['Ana', ['platform:*']])
  const asApp = await platform('grant ana@example.com', db.appUrl)
  assert.equal(asApp.code, 2)
  assert.match(asApp.err, /set DATABASE_OWNER_URL/)
  const unknown = await platform('grant eve@example.com')
  assert.deepEqual([unknown.code, /Let them sign in once/.test(unknown.err)], [1, true])
  const wrong = await platform('grant ana@example.com --permissions product:read')
  assert.deepEqual([wrong.code, /try platform:\*/.test(wrong.err)], [2, true])
  assert.match((await platform('revoke ana@example.com')).out, /has no role on the platform/)
  assert.equal((await platform('ls --json')).out, '[]')
})
