import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openTestDatabase } from 'plinth/testing'

const PROGRAM = fileURLToPath(new URL('../../bin/plinth.js', import.meta.url))
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

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

function platform(args: string, ownerUrl = db.ownerUrl): Promise<Outcome> {
  const env = {
    ...process.env,
    NO_COLOR: '1',
    SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
    CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
    DATABASE_URL: db.appUrl,
    DATABASE_OWNER_URL: ownerUrl,
  }
  const call = [PROGRAM, 'platform', ...args.split(' ')]
  return new Promise((resolve) => {
    execFile(process.execPath, call, { cwd, env }, (error, out, err) => {
      const code = typeof error?.code === 'number' ? error.code : 0
      resolve({ code, out: out.trim(), err: err.trim() })
    })
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
