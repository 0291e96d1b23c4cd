import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PROGRAM } from './small-service.fixture.ts'

const CONFIG = `config:
  app:
    session_signing_secret: \${SESSION_SIGNING_SECRET:?run plinth dev}
    csrf_signing_secret: \${CSRF_SIGNING_SECRET:?run plinth dev}
  database:
    url: \${DATABASE_URL:?run plinth dev}
`

let service: string
before(() => {
  service = mkdtempSync(join(tmpdir(), 'plinth-dry-run-'))
  writeFileSync(join(service, 'package.json'), '{ "name": "small", "type": "module" }')
  writeFileSync(join(service, 'config.yaml'), CONFIG)
})
after(() => rmSync(service, { recursive: true, force: true }))

function plinth(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1' }
    execFile(process.execPath, [PROGRAM, ...args], { cwd: service, env }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
}

test('--dry-run of start-env and init-db says what would be done, and writes nothing', async () => {
  assert.equal(
    await plinth('dev', 'start-env', '--dry-run'),
    'would start  PostgreSQL, with the roles, schemas and migrations that are missing\nwould start  the mailbox\n',
  )
  assert.match(await plinth('init-db', '--dry-run'), /^Would start the PostgreSQL of this service/)
  assert.equal(existsSync(join(service, '.plinth')), false)
})
