import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { keycloakRelease } from './keycloak-release.ts'

const run = promisify(execFile)
const windows = process.platform === 'win32'
const DOWNLOAD_MS = 10 * 60_000
const GET = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get'

/** Where Maven of this user keeps what it has fetched. */
export function mavenFolder(): string {
  return join(homedir(), '.m2')
}

/** The distribution in Maven's own repository, whether it is there or not. */
export function keycloakArchive(maven: string = mavenFolder()): string {
  const [group = '', name = ''] = keycloakRelease.artifact.split(':')
  const { version } = keycloakRelease
  const folder = join(maven, 'repository', ...group.split('.'), name, version)
  return join(folder, `${name}-${version}.tar.gz`)
}

/** Whether `mvn` can be called. */
export async function hasMaven(): Promise<boolean> {
  return run('mvn', ['--version'], { shell: windows, timeout: 60_000 }).then(
    () => true,
    () => false,
  )
}

/**
 * The verified distribution; Maven fetches it where it is missing, and refuses what differs from the
 * checksum that the repository publishes. The hash that is written down here is compared as well.
 * @throws Error when it cannot be fetched, or is another file than the one that is meant
 */
export async function ensureArchive(maven: string): Promise<string> {
  const file = keycloakArchive(maven)
  if (!existsSync(file)) await fetchArchive(maven)
  await verifyArchive(file)
  return file
}

async function fetchArchive(maven: string): Promise<void> {
  const wanted = `${keycloakRelease.artifact}:${keycloakRelease.version}:tar.gz`
  const args = [
    ...['--batch-mode', '--quiet', '--strict-checksums'],
    `-Dmaven.repo.local=${join(maven, 'repository')}`,
    ...[GET, `-Dartifact=${wanted}`, '-Dtransitive=false'],
  ]
  await run('mvn', args, { shell: windows, timeout: DOWNLOAD_MS }).catch((cause: unknown) => {
    throw new Error(
      `Keycloak could not be fetched: run \`mvn ${GET} -Dartifact=${wanted}\` to see why.`,
      { cause },
    )
  })
}

/** @throws Error when the file is not the release that is meant, by its hash */
export async function verifyArchive(
  file: string,
  sha256: string = keycloakRelease.sha256,
): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  if (hash.digest('hex') === sha256) return
  throw new Error(
    `${file} is not Keycloak ${keycloakRelease.version}: its SHA-256 differs; delete it and run this again.`,
  )
}
