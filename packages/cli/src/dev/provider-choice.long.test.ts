import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Outcome, runPlinth } from '../run-plinth.fixture.ts'
import { CONFIG, smallService } from './small-service.fixture.ts'

const REALMS = fileURLToPath(new URL('../../../../template/infra', import.meta.url))
const WITH_KEYCLOAK = `${CONFIG}  oidc:
    providers:
      keycloak:
        issuer: \${OIDC_KEYCLOAK_ISSUER:-http://localhost:8080/realms/test-realm}
`

const { folder: service, remove } = smallService(WITH_KEYCLOAK)
after(remove)

/** Runs the command where neither Java nor Docker can be found. */
function plinthDev(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { NODE_OPTIONS, HOME } = process.env
  const env = { NODE_OPTIONS, HOME, PATH: join(service, 'empty'), NO_COLOR: '1', ...more }
  return runPlinth(['dev', ...args], { cwd: service, env })
}

test('--provider names what can be said, and the nearest one', async () => {
  const { code, err } = await plinthDev(['--provider', 'keyclock'])
  assert.deepEqual(
    [code, err],
    [2, '--provider takes development or keycloak, not "keyclock". Did you mean keycloak?'],
  )
})

test('--provider keycloak without its realm, or without anything that runs it: one sentence, code 2', async () => {
  const bare = await plinthDev(['--provider', 'keycloak'])
  assert.equal(bare.code, 2)
  assert.match(
    bare.err,
    /^Keycloak needs its realm as infra\/keycloak\/test-realm-realm\.json, .*$/,
  )
  cpSync(REALMS, join(service, 'infra'), { recursive: true })
  const poor = await plinthDev(['--provider', 'keycloak'])
  assert.equal(poor.code, 2)
  assert.match(poor.err, /^Keycloak needs Java 17 .* or a running Docker, .* built-in provider\.$/)
})

test('--provider where the configuration names another provider starts nothing', async () => {
  const own = { OIDC_KEYCLOAK_ISSUER: 'https://id.example.com/realms/main' }
  const { code, err } = await plinthDev(['--provider', 'keycloak'], own)
  assert.equal(code, 2)
  assert.match(err, /^The configuration names an identity provider of its own/)
})
