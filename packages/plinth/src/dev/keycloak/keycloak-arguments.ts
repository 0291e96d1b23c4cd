import { join } from 'node:path'
import { KEYCLOAK_REALM, keycloakDevelopmentAdmin, keycloakRelease } from './keycloak-release.ts'

// Quick to start and small, for one person at a time: C1 only, one collector thread.
const SMALL = [
  ...['-Xms64m', '-Xmx384m', '-XX:MaxMetaspaceSize=256m'],
  ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError'],
]

// What bin/kc.sh gives: https://www.keycloak.org, distribution, bin/kc.sh of the same version.
const AS_KC_SH = [
  ...['-Dfile.encoding=UTF-8', '-Duser.language=en', '-Duser.country=US'],
  ...['java.util', 'java.util.concurrent', 'java.security', 'java.lang'].map(
    (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
  ),
  '-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory',
  '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
  '-Dpicocli.disable.closures=true',
]

/**
 * Arguments of `java` for one Keycloak command. Java is called itself and not through a script: one
 * process, whose number is known, and the same on every system.
 * @param home the folder whose `lib`, `conf` and `data` Keycloak uses
 */
export function javaArguments(home: string, command: readonly string[]): readonly string[] {
  return [
    ...SMALL,
    ...AS_KC_SH,
    `-Dkc.home.dir=${home}`,
    `-Djboss.server.config.dir=${join(home, 'conf')}`,
    ...['-cp', join(home, 'lib', 'quarkus-run.jar')],
    'io.quarkus.bootstrap.runner.QuarkusEntryPoint',
    ...command,
  ]
}

/** What is fixed when the distribution is prepared; the rest is said at each start. */
export const BUILD: readonly string[] = ['build', '--db=dev-file']

/** A start of what was built, on loopback only. */
export function startCommand(port: number): readonly string[] {
  return [
    ...['start', '--optimized', '--import-realm', '--cache=local', '--http-enabled=true'],
    ...['--http-host=127.0.0.1', `--http-port=${port}`, `--hostname=http://localhost:${port}`],
  ]
}

/** Variables that make the administrator at the very first start. */
export function adminEnvironment(): Readonly<Record<string, string>> {
  return {
    KC_BOOTSTRAP_ADMIN_USERNAME: keycloakDevelopmentAdmin.username,
    KC_BOOTSTRAP_ADMIN_PASSWORD: keycloakDevelopmentAdmin.password,
  }
}

/** What a container is told. */
export interface ContainerFacts {
  readonly name: string
  readonly port: number
  /** Folder of the realm files, as an absolute path. */
  readonly realms: string
}

/** Arguments of `docker` that run the official image on loopback, in the foreground. */
export function containerArguments({ name, port, realms }: ContainerFacts): readonly string[] {
  const environment = Object.entries(adminEnvironment())
  return [
    ...['run', '--rm', '--name', name],
    ...['--publish', `127.0.0.1:${port}:8080`],
    // Keycloak calls the service when somebody signs out; from inside, the machine has this name.
    ...['--add-host', 'host.docker.internal:host-gateway'],
    ...['--mount', `type=bind,source=${realms},target=/opt/keycloak/data/import,readonly`],
    ...environment.flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    keycloakRelease.image,
    ...['start-dev', '--import-realm', `--hostname=http://localhost:${port}`],
  ]
}

/** Issuer of the realm of the template at a Keycloak on this machine. */
export function keycloakIssuer(port: number): string {
  return `http://localhost:${port}/realms/${KEYCLOAK_REALM}`
}
