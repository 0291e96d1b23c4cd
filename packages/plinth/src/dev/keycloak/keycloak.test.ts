import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { seededUsers, testClient } from '../provider/index.ts'
import { findJava, javaMajor } from './find-java.ts'
import { keycloakArchive, verifyArchive } from './keycloak-archive.ts'
import { containerArguments, javaArguments, startCommand } from './keycloak-arguments.ts'
import { keycloakRelease } from './keycloak-release.ts'
import { launchGuarded } from './launch-guarded.ts'
import { startKeycloakContainer } from './start-keycloak.ts'

const REALM = join(
  import.meta.dirname,
  '../../../../../template/infra/keycloak/test-realm-realm.json',
)
const FOREVER = ['-e', 'setInterval(() => undefined, 1000)']

let home: string
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'plinth-keycloak-'))
})
after(() => rm(home, { recursive: true, force: true }))

interface Realm {
  readonly realm: string
  readonly displayName: string
  readonly clients: readonly {
    readonly clientId: string
    readonly secret: string
    readonly redirectUris: readonly string[]
    readonly attributes: Readonly<Record<string, string>>
    readonly protocolMappers: readonly { readonly config: Readonly<Record<string, string>> }[]
  }[]
  readonly users: readonly {
    readonly id: string
    readonly username: string
    readonly email: string
    readonly credentials: readonly { readonly value: string }[]
  }[]
}

test('23 the realm has the people and the client of the development provider, PKCE and the audience', async () => {
  const { realm, displayName, clients, users }: Realm = JSON.parse(await readFile(REALM, 'utf8'))
  assert.equal(realm, 'test-realm')
  assert.match(displayName, /Development.*public/)
  assert.deepEqual(
    users.map(({ id, username, email, credentials: [password] }) => [
      ...[id, username, email, password?.value],
    ]),
    seededUsers.map(({ subject, username, email, password }) => [
      ...[subject, username, email, password],
    ]),
  )
  const [client, ...others] = clients
  const seeded = testClient()
  const anyPort = (url: string) => url.replace(':8000', '')
  assert.equal(others.length, 0)
  assert.deepEqual([client?.clientId, client?.secret], [seeded.clientId, seeded.clientSecret])
  assert.deepEqual(client?.redirectUris, seeded.redirectUris.map(anyPort))
  assert.equal(client?.attributes['pkce.code.challenge.method'], 'S256')
  assert.equal(client?.attributes['backchannel.logout.url'], seeded.backchannelLogoutUri)
  const mapper = client?.protocolMappers[0]?.config
  assert.deepEqual(
    [mapper?.['included.custom.audience'], mapper?.['access.token.claim']],
    ['api://default', 'true'],
  )
})

test('the version of Java is read from what it says, old spelling and new', async () => {
  const said = { 'openjdk version "17.0.15" 2025': 17, 'java version "1.8.0_412"': 8, 'x "25"': 0 }
  for (const [text, major] of Object.entries(said)) assert.equal(javaMajor(text) ?? 0, major)
  assert.equal(await findJava({ PATH: home, JAVA_HOME: home }), undefined)
})

test('a distribution that is not the one that was meant is refused by its hash', async () => {
  const file = join(home, 'other.tar.gz')
  await writeFile(file, 'something else')
  await assert.rejects(verifyArchive(file), /is not Keycloak .*SHA-256 differs; delete it/)
  const { version } = keycloakRelease
  assert.ok(
    keycloakArchive('m2').endsWith(join(version, `keycloak-quarkus-dist-${version}.tar.gz`)),
  )
})

test('Java is told to listen on loopback only, under the issuer’s name, and to be small', () => {
  const args = javaArguments('home', startCommand(8080))
  for (const one of [
    '--http-host=127.0.0.1',
    '--http-port=8080',
    '--hostname=http://localhost:8080',
    '--import-realm',
    '-Xmx384m',
    '-Dkc.home.dir=home',
  ])
    assert.ok(args.includes(one), one)
})

test('Docker is told to publish on loopback only, and to read the realm without changing it', () => {
  const args = containerArguments({ name: 'plinth-keycloak-8080', port: 8080, realms: '/realms' })
  assert.deepEqual(args, [
    ...['run', '--rm', '--name', 'plinth-keycloak-8080'],
    ...['--publish', '127.0.0.1:8080:8080'],
    ...['--add-host', 'host.docker.internal:host-gateway'],
    ...['--mount', 'type=bind,source=/realms,target=/opt/keycloak/data/import,readonly'],
    ...['--env', 'KC_BOOTSTRAP_ADMIN_USERNAME=admin'],
    ...['--env', 'KC_BOOTSTRAP_ADMIN_PASSWORD=admin'],
    `keycloak/keycloak:${keycloakRelease.version}`,
    ...['start-dev', '--import-realm', '--hostname=http://localhost:8080'],
  ])
})

test('it refuses production before anything is started', async () => {
  process.env['APP_ENVIRONMENT'] = 'production'
  const options = { port: 1, realms: home, logFile: join(home, 'never.log') }
  const started = startKeycloakContainer(options, 'plinth-keycloak-1')
  await assert.rejects(started, /development Keycloak .* does not start in production/)
  delete process.env['APP_ENVIRONMENT']
})

test('what is guarded ends when it is stopped, and what does not start says so', async () => {
  const logFile = join(home, 'guarded.log')
  const launch = { program: process.execPath, args: FOREVER, env: process.env, logFile }
  const guarded = await launchGuarded(launch)
  assert.ok(isAlive(guarded.pid))
  await guarded.stop()
  assert.equal(isAlive(guarded.pid), false)
  const missing = launchGuarded({ ...launch, program: join(home, 'missing') })
  await assert.rejects(missing, /missing does not start: .*ENOENT.*guarded\.log/)
})

test('what is guarded ends when who started it is killed outright', async () => {
  const launcher = pathToFileURL(join(import.meta.dirname, 'launch-guarded.ts')).href
  const text = `
    import { launchGuarded } from '${launcher}'
    const { pid } = await launchGuarded({
      program: process.execPath,
      args: ${JSON.stringify(FOREVER)},
      env: process.env,
      logFile: ${JSON.stringify(join(home, 'orphan.log'))},
    })
    console.log(pid)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(parent.stdout.setEncoding('utf8'), 'data')
  const pid = Number(said)
  assert.ok(isAlive(pid))
  parent.kill('SIGKILL')
  for (let tries = 0; tries < 200 && isAlive(pid); tries += 1) await sleep(50)
  assert.equal(isAlive(pid), false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
