import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findJava, keycloakAdmin, preparedKeycloak } from 'plinth/dev'
import { devFolder } from './dev-folder.ts'
import { readState } from './dev-state.ts'
import { devStatus } from './dev-status.ts'
import { lastLines } from './follow-file.ts'
import { isRunning } from './process-stamp.ts'
import { rememberedPort } from './remembered-ports.ts'
import { startPlinth } from './running-plinth.fixture.ts'
import { logFileOf } from './service-names.ts'
import { smallService, WISHED_PORT } from './small-service.fixture.ts'
import { stopEverything } from './stop-everything.ts'

const INFRA = fileURLToPath(new URL('../../../../template/infra', import.meta.url))
/** Needs no database and no mailbox, so that only Keycloak is started. */
const CONFIG = `config:
  app:
    port: \${APP_PORT:-${WISHED_PORT}}
    base_url: \${BASE_URL:-http://localhost:${WISHED_PORT}}
    session_signing_secret: \${SESSION_SIGNING_SECRET:?run plinth dev}
    csrf_signing_secret: \${CSRF_SIGNING_SECRET:?run plinth dev}
  database:
    url: postgresql://app:kept-elsewhere@127.0.0.1:1/app
  notify:
    smtp:
      host: 127.0.0.1
  oidc:
    providers:
      keycloak:
        issuer: \${OIDC_KEYCLOAK_ISSUER:-http://localhost:8080/realms/test-realm}
        client_id: \${OIDC_KEYCLOAK_CLIENT_ID:-}
        client_secret: \${OIDC_KEYCLOAK_CLIENT_SECRET:-}
`

const missing = (await findJava()) === undefined || preparedKeycloak() === undefined
const skip = missing && 'Keycloak is not prepared on this machine: `npm run keycloak` fetches it'
const { folder: service, remove } = smallService(CONFIG)

// It listens long after it has looked: another environment would take the usual one meanwhile.
before(() => rememberedPort(devFolder(service).home, 'provider', randomInt(10_000, 32_000)))

after(async () => {
  await stopEverything(devFolder(service))
  remove()
})

test('plinth dev --provider keycloak runs it, tells it where the service is, and leaves nothing behind when killed', {
  skip,
}, async () => {
  cpSync(INFRA, join(service, 'infra'), { recursive: true })
  const folder = devFolder(service)

  const { child, text, said } = startPlinth(service, 'dev', '--provider', 'keycloak')
  const url = (await said(/Service +(http:\/\/localhost:\d+)/))[1] ?? ''
  assert.match(text(), /Keycloak console +http:\/\/localhost:\d+\/admin +admin \/ admin/)
  const { provider } = readState(folder.home, 'state') ?? assert.fail('nothing is written down')
  assert.equal(provider?.kind, 'keycloak')
  const env: Record<string, string> = JSON.parse(await (await fetch(url)).text())
  assert.deepEqual(
    [env['OIDC_KEYCLOAK_ISSUER'], env['OIDC_KEYCLOAK_CLIENT_ID']],
    [provider?.issuer, 'test-client'],
  )

  const admin = await keycloakAdmin(new URL(provider?.issuer ?? '').origin)
  const [client] = await admin.read<{ attributes: Record<string, string> }[]>(
    '/clients?clientId=test-client',
  )
  assert.equal(
    client?.attributes['backchannel.logout.url'],
    `${url}/auth/web/backchannel-logout/keycloak`,
  )

  const status = (await devStatus(folder)).find(({ name }) => name === 'provider')
  assert.deepEqual([status?.state, status?.detail], ['up', 'Keycloak'])
  assert.match(lastLines(logFileOf(folder, 'provider'), 50).join('\n'), /Keycloak .* started in/)
  const args = ['dev', 'start-server', '--provider', 'development', '--no-reload']
  await startPlinth(service, ...args).said(/plinth dev already runs here/)

  child.kill('SIGKILL')
  for (let tries = 0; tries < 2_400 && isRunning(provider?.process); tries += 1) await sleep(50)
  assert.equal(isRunning(provider?.process), false)
})
