import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newToken, Secret, systemClock } from '../../kernel/index.ts'
import type { TestDatabase } from '../../testing/database.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { createFingerprints } from '../sessions/fingerprint.ts'
import { client, forgedNetwork, forgedProviders } from '../tokens/forge.fixture.ts'
import { NO_DEMAND } from './demand.ts'
import { startLogin } from './start-login.ts'

const STARTS = 10_000

let db: TestDatabase
before(async () => {
  db = await openTestDatabase()
})
after(() => db[Symbol.asyncDispose]())

test('RP-02 ten thousand sign-ins share no state, nonce, verifier, challenge or cookie', async () => {
  const issuer = 'https://idp.example'
  const settings = { providers: { one: client(issuer) } }
  const provider = forgedProviders(forgedNetwork(), systemClock, settings).find('one')
  assert.ok(provider)
  const { platform } = db.database
  const deps = {
    platform,
    clock: systemClock,
    fingerprints: createFingerprints(new Secret(newToken())),
    redirectUri: 'https://app.example/auth/web/callback',
    pendingSeconds: 600,
  }
  const start = () =>
    startLogin(deps, {
      provider,
      metadata: { authorizationEndpoint: `${issuer}/authorize` },
      returnTo: '/',
      userAgent: undefined,
      demand: NO_DEMAND,
      asked: undefined,
    })
  const secrets = new Set<string | null>()
  for (let at = 0; at < STARTS; at += 1) {
    const { url, cookie } = await start()
    const fields = new URL(url).searchParams
    for (const name of ['state', 'nonce', 'code_challenge']) secrets.add(fields.get(name))
    secrets.add(cookie)
  }
  const { rows } = await platform.query<{ code_verifier: string }>(
    'select code_verifier from plinth.pending_logins',
  )
  for (const { code_verifier: verifier } of rows) secrets.add(verifier)
  assert.deepEqual([rows.length, secrets.size], [STARTS, 5 * STARTS])
})
