import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runPlinth } from '../run-plinth.fixture.ts'
import { CONFIG, smallService } from './small-service.fixture.ts'

const { folder: service, remove } = smallService(CONFIG)
after(remove)

async function plinth(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1' }
  const { out, err } = await runPlinth(args, { cwd: service, env })
  return out + err
}

test('--dry-run of start-env and init-db says what would be done, and writes nothing', async () => {
  assert.equal(
    await plinth('dev', 'start-env', '--dry-run'),
    'would start  PostgreSQL, with the roles, schemas and migrations that are missing\nwould start  the mailbox',
  )
  assert.match(await plinth('init-db', '--dry-run'), /^Would start the PostgreSQL of this service/)
  assert.equal(existsSync(join(service, '.plinth')), false)
})
