import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Java } from 'plinth/dev'
import { misuse } from '../cli-error.ts'
import type { DevFolder } from './dev-folder.ts'

/** What runs Keycloak on this machine, and the realms that it imports. */
export interface KeycloakRunner {
  /** Undefined: Docker does. */
  readonly java: Java | undefined
  readonly realms: string
}

/**
 * Finds what can run Keycloak: Java, where its distribution is here or Maven can fetch it, else Docker.
 * @throws CliError with exit code 2 when there is nothing, or no realm to import
 */
export async function keycloakRunner(folder: DevFolder): Promise<KeycloakRunner> {
  const realms = join(folder.service, 'infra', 'keycloak')
  if (!existsSync(join(realms, 'test-realm-realm.json')))
    throw misuse(
      'Keycloak needs its realm as infra/keycloak/test-realm-realm.json, and this service has none; copy it from the template of Plinth.',
    )
  const { findJava, hasDocker } = await import('plinth/dev')
  const java = await findJava()
  if (java !== undefined && (await isFetchable())) return { java, realms }
  if (await hasDocker()) return { java: undefined, realms }
  throw misuse(
    java === undefined
      ? 'Keycloak needs Java 17 or newer (with Maven, which fetches it) or a running Docker, and neither was found; install one of them, or leave out --provider keycloak to use the built-in provider.'
      : 'Keycloak is fetched by Maven or run by Docker, and neither was found (Java was); install Maven (mvn), or leave out --provider keycloak to use the built-in provider.',
  )
}

async function isFetchable(): Promise<boolean> {
  const { hasMaven, keycloakArchive, preparedKeycloak } = await import('plinth/dev')
  return preparedKeycloak() !== undefined || existsSync(keycloakArchive()) || (await hasMaven())
}
