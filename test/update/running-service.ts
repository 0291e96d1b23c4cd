import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrate } from 'plinth/data'
import { openTestDatabase } from 'plinth/testing'
import { freePort } from '../../packages/plinth/src/dev/index.ts'
import type { Service } from './service.ts'

/** A service that was started as in production: `node src/main.ts`. */
export interface RunningService extends AsyncDisposable {
  readonly url: string
}

const PATIENCE_MS = 180_000
const SILENT = { info() {}, warn() {}, error() {} }

/** A provider by name only: people are led to it, and nobody is there. */
const PROVIDER = {
  OIDC_KEYCLOAK_CLIENT_ID: 'shelf',
  OIDC_KEYCLOAK_CLIENT_SECRET: 'Zz9Yy8Xx7Ww6Vv5Uu4Tt3Ss2Rr1Qq0Pp',
}

/**
 * Starts a service on a database of its own, migrated, and waits until it is ready.
 * @param options `provider`: with a sign-in that leads to somebody; then it lives, and is not ready
 */
export async function startService(
  service: Service,
  { provider = false }: { readonly provider?: boolean } = {},
): Promise<RunningService> {
  const database = await openTestDatabase()
  const set = { folder: path.join(service.folder, 'migrations') }
  await migrate({ url: database.ownerUrl, set, log: SILENT })
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = {
    ...process.env,
    NODE_OPTIONS: '--conditions=plinth-source',
    APP_PORT: String(port),
    BASE_URL: url,
    DATABASE_URL: database.appUrl,
    SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
    CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
    ...(provider ? PROVIDER : {}),
  }
  const server = spawn(process.execPath, ['src/main.ts'], { cwd: service.folder, env })
  let said = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk
    })
  const ended = once(server, 'exit')
  const stop = async () => {
    server.kill('SIGTERM')
    await ended
    await database[Symbol.asyncDispose]()
  }
  try {
    await ready(`${url}/health/${provider ? 'live' : 'ready'}`, () => {
      assert.equal(server.exitCode, null, said)
    })
  } catch (error) {
    await stop()
    throw new Error(`The service did not come up: ${said}`, { cause: error })
  }
  return { url, [Symbol.asyncDispose]: stop }
}

async function ready(url: string, requireRunning: () => void): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => undefined,
    )
    if (status === 200) return
    requireRunning()
    assert.ok(performance.now() < until, `${url} answers ${status}`)
    await pause(100)
  }
}
