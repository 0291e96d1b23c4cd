import { execFile } from 'node:child_process'
import { cp, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { refuseProduction } from '../provider/index.ts'
import type { Java } from './find-java.ts'
import {
  adminEnvironment,
  containerArguments,
  javaArguments,
  keycloakIssuer,
  startCommand,
} from './keycloak-arguments.ts'
import { type Launch, launchGuarded } from './launch-guarded.ts'
import type { PreparedKeycloak } from './prepare-keycloak.ts'
import { waitForKeycloak } from './wait-for-keycloak.ts'

const run = promisify(execFile)

/** Where a Keycloak listens, what it imports, and where what it says is written. */
export interface KeycloakOptions {
  readonly port: number
  /** Folder of realm files, `<realm>-realm.json` each; a realm that exists already is left alone. */
  readonly realms: string
  readonly logFile: string
}

/** A Keycloak on this machine. */
export interface RunningKeycloak {
  /** Issuer of the realm of the template. */
  readonly issuer: string
  /** Base of its pages and of its administration. */
  readonly origin: string
  readonly port: number
  /** Number of its process: Java, or the client of Docker. */
  readonly pid: number
  /** How it calls this machine: another name than `localhost` from inside a container. */
  readonly hostName: string
  stop(): Promise<void>
}

/**
 * Starts Keycloak in a Java of its own, on loopback.
 * @param home folder of this one: its data stays there
 * @throws Error in production, and when Keycloak does not come up
 */
export async function startKeycloak(
  options: KeycloakOptions,
  { java, prepared, home }: { java: Java; prepared: PreparedKeycloak; home: string },
): Promise<RunningKeycloak> {
  refuseProduction('development Keycloak')
  await furnish(home, prepared, options.realms)
  const args = javaArguments(home, startCommand(options.port))
  return launch(options, { program: java.program, args, hostName: 'localhost' })
}

/**
 * Starts Keycloak from its official image, on loopback. Its data goes with it: what must stay is in the
 * realm files.
 * @param name of the container; one of this name that was left behind is removed
 */
export async function startKeycloakContainer(
  options: KeycloakOptions,
  name: string,
): Promise<RunningKeycloak> {
  refuseProduction('development Keycloak')
  await run('docker', ['rm', '--force', name]).catch(() => undefined)
  const args = containerArguments({ ...options, name })
  return launch(options, { program: 'docker', args, hostName: 'host.docker.internal' })
}

/** Whether Docker is installed and its engine answers. */
export async function hasDocker(): Promise<boolean> {
  const ask = ['version', '--format', '{{.Server.Version}}']
  return run('docker', ask, { timeout: 20_000 }).then(
    () => true,
    () => false,
  )
}

/** The folder that Keycloak takes for its own: the prepared programs, and data that belongs to it. */
async function furnish(home: string, prepared: PreparedKeycloak, realms: string): Promise<void> {
  const [data, imports] = [join(home, 'data', 'h2'), join(home, 'data', 'import')]
  await mkdir(data, { recursive: true })
  await rm(imports, { recursive: true, force: true })
  await cp(realms, imports, { recursive: true })
  for (const name of ['lib', 'conf', 'providers', 'themes']) {
    await rm(join(home, name), { recursive: true, force: true })
    await symlink(join(prepared.home, name), join(home, name), 'junction')
  }
  const database = join(data, 'keycloakdb.mv.db')
  await cp(prepared.seed, database, { force: false })
}

async function launch(
  { port, logFile }: KeycloakOptions,
  { hostName, ...command }: Pick<Launch, 'program' | 'args'> & { readonly hostName: string },
): Promise<RunningKeycloak> {
  const env = { ...process.env, ...adminEnvironment() }
  const guarded = await launchGuarded({ ...command, env, logFile })
  const issuer = keycloakIssuer(port)
  try {
    await waitForKeycloak(issuer, guarded, logFile)
  } catch (error) {
    await guarded.stop()
    throw error
  }
  const { pid, stop } = guarded
  return { issuer, origin: `http://localhost:${port}`, port, pid, hostName, stop }
}
