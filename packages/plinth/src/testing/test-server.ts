import { createHash } from 'node:crypto'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensurePostgres, quickPlace } from '../dev/index.ts'

const IDLE_SECONDS = 120
const ENOUGH_BYTES = 512 * 1024 * 1024

let asked: Promise<string> | undefined

/**
 * Superuser URL of the server that tests share: the one that `PLINTH_TEST_POSTGRES_URL` names, or
 * an embedded one of this checkout, which goes away by itself when the tests are over.
 */
export function testServerUrl(): Promise<string> {
  asked ??= findServer()
  return asked
}

async function findServer(): Promise<string> {
  const named = process.env['PLINTH_TEST_POSTGRES_URL']
  if (named !== undefined && named !== '') return named
  const here = fileURLToPath(new URL('..', import.meta.url))
  const name = createHash('sha256').update(here).digest('hex').slice(0, 12)
  const { adminUrl } = await ensurePostgres({
    dataDir: join(await quickPlace(ENOUGH_BYTES), `plinth-test-${userInfo().uid}-${name}`),
    fast: true,
    removeWhenIdleSeconds: IDLE_SECONDS,
  })
  return adminUrl
}
