import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findJava, keycloakAdmin, preparedKeycloak } from 'plinth/dev'
import { devFolder } from './dev-folder.ts'
import { readState } from './dev-state.ts'
import { devStatus } from './dev-status.ts'
import { lastLines } from './follow-file.ts'
import { isRunning } from './process-stamp.ts'
import { logFileOf } from './service-names.ts'
import { MAIN, PROGRAM } from './small-service.fixture.ts'
import { stopEverything } from './stop-everything.ts'

const INFRA = fileURLToPath(new URL('../../../../template/infra', import.meta.url))
/** Needs no database and no mailbox, so that only Keycloak is started. */
const CONFIG = `config:
  app:
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
const service = mkdtempSync(join(tmpdir(), 'plinth-dev-keycloak-'))

after(async () => {
  await stopEverything(devFolder(service))
  rmSync(service, { recursive: true, force: true })
})

test('plinth dev --provider keycloak runs it, tells it where the service is, and leaves nothing behind when killed', {
  skip,
}, async () => {
  mkdirSync(join(service, 'src'))
  writeFileSync(join(service, 'package.json'), '{ "name": "small", "type": "module" }')
  writeFileSync(join(service, 'config.yaml'), CONFIG)
  writeFileSync(join(service, 'src/main.ts'), MAIN)
  cpSync(INFRA, join(service, 'infra'), { recursive: true })
  const folder = devFolder(service)

  const { child, text } = start('dev', '--provider', 'keycloak')
  const url = await said(text, /Service +(http:\/\/localhost:\d+)/)
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
  const other = start('dev', 'start-server', '--provider', 'development', '--no-reload')
  await said(other.text, /plinth dev already runs here/)

  child.kill('SIGKILL')
  for (let tries = 0; tries < 600 && isRunning(provider?.process); tries += 1) await sleep(50)
  assert.equal(isRunning(provider?.process), false)
})

function start(...args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: service, env })
  let heard = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      heard += String(data)
    })
  return { child, text: () => heard }
}

async function said(text: () => string, what: RegExp): Promise<string> {
  for (let tries = 0; tries < 10_000; tries += 1) {
    const found = what.exec(text())
    if (found !== null) return found[1] ?? ''
    await sleep(50)
  }
  return assert.fail(`${what} was not said, but: ${text()}`)
}
