// What Plinth costs, against the same routes written by hand, in one run: npm run bench
import { portIn, throughPort } from './addresses.ts'
import { casesFor } from './cases.ts'
import { measureCheck } from './check.ts'
import type { Child, Role } from './children.ts'
import { startChild } from './children.ts'
import { openBenchDatabase } from './database.ts'
import { startDelayProxy } from './delay-proxy.ts'
import { measureEntityAdd } from './entity-add.ts'
import { measureGrowth } from './growth.ts'
import type { Measured, Servers } from './measure.ts'
import { measure } from './measure.ts'
import { measureNew } from './new-service.ts'
import type { BenchOptions } from './options.ts'
import { readOptions } from './options.ts'
import { measurePasswords } from './password-burst.ts'
import type { Report } from './report.ts'
import { missedTargets, printed } from './report.ts'
import { measureBearer, measureKey, measureSession } from './session-cost.ts'
import { measureSignIn } from './sign-in-cost.ts'
import type { Figure } from './start-up.ts'
import { measureDev, measureStart } from './start-up.ts'
import { measureTypes } from './types.ts'

/** Few connections: it is the waiting that counts here, not the work. */
const DELAYED_CONNECTIONS = 2
const ROUND_TRIP_MS = 1

const options = readOptions(process.argv.slice(2))
const report = await run(options)
const missed = missedTargets(report)
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : printed(report))
for (const sentence of missed) process.stderr.write(`missed: ${sentence}\n`)
process.exitCode = options.check && missed.length > 0 ? 1 : 0

async function run(options: BenchOptions): Promise<Report> {
  const database = await openBenchDatabase()
  try {
    const { appUrl } = database
    const servers = await startServers(['floor', 'plinth', 'ceiling'], appUrl, options)
    const id = await database.seed()
    const throughput = await measureCases(id, servers, options)
    const credentials = await credentialCosts(servers, options)
    await stopServers(servers)
    const callback = options.wants('callback') ? await measureSignIn() : []
    const delayed = options.wants('delayed') ? await measureDelayed(id, appUrl, options) : []
    const start = options.wants('start') ? await measureStart(appUrl) : []
    const dev = options.wants('dev') ? await measureDev() : []
    const made = options.wants('new') ? await measureNew() : []
    const added = options.wants('entity-add') ? await measureEntityAdd() : []
    const types = options.wants('types') ? await measureTypes() : []
    const growth = options.wants('growth') ? await measureGrowth(appUrl) : []
    const checked = options.wants('check') ? await measureCheck() : []
    return {
      throughput,
      delayed,
      figures: [
        ...credentials,
        ...callback,
        ...start,
        ...dev,
        ...made,
        ...added,
        ...types,
        ...growth,
        ...checked,
      ],
    }
  } finally {
    await database.close()
  }
}

async function credentialCosts(
  { plinth }: Servers,
  options: BenchOptions,
): Promise<readonly Figure[]> {
  if (plinth === undefined) throw new TypeError('there is no server of Plinth')
  const session = options.wants('session') ? await measureSession(plinth, options) : []
  const key = options.wants('key') ? await measureKey(plinth, options) : []
  const bearer = options.wants('bearer') ? await measureBearer(plinth, options) : []
  const passwords = options.wants('passwords') ? await measurePasswords(plinth, options) : []
  return [...session, ...key, ...bearer, ...passwords]
}

async function measureCases(
  id: string,
  servers: Servers,
  options: BenchOptions,
): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const one of casesFor(id)) {
    if (options.wants(one.name)) measured.push(await measure(one, servers, options))
  }
  return measured
}

async function measureDelayed(
  id: string,
  appUrl: string,
  options: BenchOptions,
): Promise<Measured[]> {
  const proxy = await startDelayProxy(portIn(appUrl), ROUND_TRIP_MS)
  const servers = await startServers(['floor', 'plinth'], throughPort(appUrl, proxy.port), options)
  try {
    return await measureCases(id, servers, {
      ...options,
      connections: DELAYED_CONNECTIONS,
      wants: () => true,
    })
  } finally {
    await stopServers(servers)
    proxy.stop()
  }
}

async function startServers(
  roles: readonly Role[],
  databaseUrl: string,
  { profileDir }: BenchOptions,
): Promise<Servers> {
  const started: Partial<Record<Role, Child>> = {}
  for (const role of roles) {
    started[role] = await startChild(role, {
      databaseUrl,
      profileDir: role === 'plinth' ? profileDir : undefined,
    })
  }
  return started
}

async function stopServers(servers: Servers): Promise<void> {
  await Promise.all(Object.values(servers).map((server) => server.stop()))
}
