import { randomUUID } from 'node:crypto'
import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { findJava, preparedKeycloak } from '../../packages/plinth/src/dev/keycloak/index.ts'
import { ensurePostgres, quickPlace } from '../../packages/plinth/src/dev/postgres/index.ts'

// Twice what the databases of the long suite have grown to.
const ROOM_BYTES = 4 * 1024 ** 3

/**
 * Starts the one PostgreSQL that all test files share, unless PLINTH_TEST_POSTGRES_URL names one,
 * and hands its address on through that variable. The server and its data go when the run ends.
 */
export async function startServices() {
  if (process.env.PLINTH_TEST_POSTGRES_URL) return { stop: async () => undefined }
  const dataDir = path.join(await quickPlace(ROOM_BYTES), `plinth-tests-${randomUUID()}`)
  const server = await ensurePostgres({
    dataDir,
    fast: true,
    log: (line) => console.log(`! ${line}`),
  })
  process.env.PLINTH_TEST_POSTGRES_URL = server.adminUrl
  let stopped
  const stop = () => {
    stopped ??= server.remove()
    return stopped
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void stop().finally(() => process.exit(130)))
  }
  return { stop }
}

const OPTIONAL = [
  {
    variable: 'PLINTH_TEST_CHROMIUM',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    consequence: 'the browser tests are skipped; install it: apt-get install chromium',
  },
  {
    variable: 'PLINTH_TEST_PGBOUNCER',
    programs: ['pgbouncer'],
    consequence: 'tests through a pooler are skipped; install it: apt-get install pgbouncer',
  },
  {
    variable: 'PLINTH_TEST_REDIS',
    programs: ['redis-server'],
    consequence: 'limits across processes are not tested; install it: apt-get install redis-server',
  },
  {
    variable: 'PLINTH_TEST_GO',
    programs: ['go'],
    consequence:
      'the public corpus of open redirects is skipped; install it: apt-get install golang-go',
  },
  ...['zsh', 'fish'].map((shell) => ({
    variable: `PLINTH_TEST_${shell.toUpperCase()}`,
    programs: [shell],
    consequence: `its completion is not tested; install it: apt-get install ${shell}`,
  })),
]

/** Finds optional programs, exports their paths to the tests, and says what is missing. */
export async function missingServices() {
  const missing = []
  for (const { variable, programs, consequence } of OPTIONAL) {
    process.env[variable] ??= (await firstOnPath(programs)) ?? ''
    if (process.env[variable] === '')
      missing.push(`${programs[0]} is not installed: ${consequence}`)
  }
  if (preparedKeycloak() === undefined || (await findJava()) === undefined)
    missing.push(
      'Keycloak is not ready: sign-in at a real Keycloak is skipped; `npm run keycloak` gets it (Java 17 and Maven), `npm run test:long` uses it',
    )
  return missing
}

async function firstOnPath(programs) {
  // Where services are installed, which not everybody has on the path.
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin']
  for (const file of folders.flatMap((folder) => programs.map((name) => path.join(folder, name)))) {
    if (await isProgram(file)) return file
  }
  return undefined
}

const isProgram = (file) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
