import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { writeState } from './dev-state.ts'
import { lendDatabase } from './lend-database.ts'
import { markOf } from './process-stamp.ts'

const home = mkdtempSync(join(tmpdir(), 'plinth-lend-'))
const [from, before] = [process.cwd(), { ...process.env }]
after(() => {
  process.chdir(from)
  process.env = before
  rmSync(home, { recursive: true, force: true })
})

const APP_URL = 'postgresql://app:secret@127.0.0.1:22345/app'

/** A service whose development environment is up, and what a command there is lent. */
async function lent(name: string, more: string): Promise<readonly (string | undefined)[]> {
  const service = join(home, name)
  mkdirSync(service)
  writeFileSync(join(service, 'package.json'), '{}')
  const yaml = `config:
  app:
    session_signing_secret: \${SESSION_SIGNING_SECRET:?run npm run dev}
    csrf_signing_secret: \${CSRF_SIGNING_SECRET:?run npm run dev}
${more}
  database: { url: "\${DATABASE_URL:?run npm run dev}" }
`
  writeFileSync(join(service, 'config.yaml'), yaml)
  const running = markOf(process.pid) ?? assert.fail('this process runs')
  writeState(join(service, '.plinth', 'dev'), 'state', {
    supervisor: running,
    postgres: { process: running, port: 22_345, log: '' },
    ownerUrl: APP_URL,
    environment: { DATABASE_URL: APP_URL },
  })
  const names = ['DATABASE_URL', 'SESSION_SIGNING_SECRET', 'CSRF_SIGNING_SECRET'] as const
  for (const one of names) delete process.env[one]
  process.chdir(service)
  await lendDatabase()
  return names.map((one) => process.env[one])
}

test('what runs for development is lent, also where another setting is wrong: only that one is to mend', async () => {
  for (const [name, more] of [
    ['whole', '    port: 8000'],
    ['faulty', '    port: eighty'],
  ] as const) {
    const [url, ...secrets] = await lent(name, more)
    assert.equal(url, APP_URL, name)
    for (const secret of secrets) assert.match(secret ?? '', /^\S{43}$/, name)
  }
})

test('a service that is set to production is lent nothing', async () => {
  assert.deepEqual(await lent('production', '    environment: production'), [
    undefined,
    undefined,
    undefined,
  ])
})
