import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port.ts'
import type { Java } from './find-java.ts'
import { ensureArchive, mavenFolder } from './keycloak-archive.ts'
import { adminEnvironment, BUILD, javaArguments, startCommand } from './keycloak-arguments.ts'
import { keycloakRelease } from './keycloak-release.ts'
import { launchGuarded } from './launch-guarded.ts'
import { waitForKeycloak } from './wait-for-keycloak.ts'

const run = promisify(execFile)
const BUILD_MS = 10 * 60_000
/** Counts changes of what preparation does: what an older one left is not used. */
const RECIPE = 1

/** A distribution that starts quickly. */
export interface PreparedKeycloak {
  /** Unpacked and built. */
  readonly home: string
  /** A database with its schema and its administrator: making those takes longest at a first start. */
  readonly seed: string
}

/** What was prepared earlier, undefined when nothing was. */
export function preparedKeycloak(maven: string = mavenFolder()): PreparedKeycloak | undefined {
  const place = placeIn(maven)
  return existsSync(place) ? at(place) : undefined
}

/**
 * Fetches, verifies, unpacks and builds Keycloak once for each user; later calls find it done.
 * @param log hears what takes long, in words
 * @throws Error naming what failed
 */
export async function prepareKeycloak(
  java: Java,
  log: (sentence: string) => void,
  maven: string = mavenFolder(),
): Promise<PreparedKeycloak> {
  const ready = preparedKeycloak(maven)
  if (ready !== undefined) return ready
  log(`Fetching Keycloak ${keycloakRelease.version} (170 MB, once)`)
  const archive = await ensureArchive(maven)
  const place = placeIn(maven)
  await mkdir(join(maven, 'plinth'), { recursive: true })
  const work = await mkdtemp(`${place}.making-`)
  try {
    log('Preparing Keycloak for quick starts (a minute or two, once)')
    await make(java, archive, work)
    // Another process may have been quicker; what it made is as good.
    await rename(work, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return at(place)
}

async function make(java: Java, archive: string, work: string): Promise<void> {
  const { home, seed } = at(work)
  await mkdir(home)
  await run('tar', ['-xzf', archive, '-C', home, '--strip-components=1'], { timeout: BUILD_MS })
  await run(java.program, [...javaArguments(home, BUILD)], { timeout: BUILD_MS })
  const port = await freePort()
  const logFile = join(work, 'first-start.log')
  const first = await launchGuarded({
    program: java.program,
    args: javaArguments(home, startCommand(port)),
    env: { ...process.env, ...adminEnvironment() },
    logFile,
  })
  try {
    await waitForKeycloak(`http://localhost:${port}/realms/master`, first, logFile)
  } finally {
    await first.stop()
  }
  await rename(join(home, 'data', 'h2', 'keycloakdb.mv.db'), seed)
  await rm(join(home, 'data'), { recursive: true })
}

function placeIn(maven: string): string {
  return join(maven, 'plinth', `keycloak-${keycloakRelease.version}-${RECIPE}`)
}

function at(place: string): PreparedKeycloak {
  return { home: join(place, 'home'), seed: join(place, 'seed.mv.db') }
}
