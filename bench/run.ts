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
import type { BenchOptions, Name } from './options.ts'
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
    const when = partsOf(options)
    const callback = await when('callback', measureSignIn)
    const delayed = await when('delayed', () => measureDelayed(id, appUrl, options))
    const start = await when('start', () => measureStart(appUrl))
    const dev = await when('dev', measureDev)
    const made = await when('new', measureNew)
    const added = await when('entity-add', measureEntityAdd)
    const types = await when('types', measureTypes)
    const growth = await when('growth', () => measureGrowth(appUrl))
    const checked = await when('check', measureCheck)
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

/** Measures a part if it is asked for, and says so: the whole takes many minutes. */
function partsOf({ wants }: BenchOptions) {
  return async <T>(name: Name, part: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    if (!wants(name)) return []
    say(name)
    return part()
  }
}

function say(what: string): void {
  process.stderr.write(`measuring: ${what}\n`)
}

async function credentialCosts(
  { plinth }: Servers,
  options: BenchOptions,
): Promise<readonly Figure[]> {
  if (plinth === undefined) throw new TypeError('there is no server of Plinth')
  const when = partsOf(options)
  const session = await when('session', () => measureSession(plinth, options))
  const key = await when('key', () => measureKey(plinth, options))
  const bearer = await when('bearer', () => measureBearer(plinth, options))
  const passwords = await when('passwords', () => measurePasswords(plinth, options))
  return [...session, ...key, ...bearer, ...passwords]
}

async function measureCases(
  id: string,
  servers: Servers,
  options: BenchOptions,
): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const one of casesFor(id)) {
    if (!options.wants(one.name)) continue
    say(one.title)
    measured.push(await measure(one, servers, options))
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
