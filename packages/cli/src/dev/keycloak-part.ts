import { join } from 'node:path'
import type { RunningKeycloak } from 'plinth/dev'
import type { DevFolder } from './dev-folder.ts'
import type { ProviderState } from './dev-state.ts'
import type { KeycloakRunner } from './keycloak-runner.ts'
import { markOf } from './process-stamp.ts'
import { rememberedPort } from './remembered-ports.ts'
import { quiet, say, whileWaiting } from './terminal.ts'

/** Starts Keycloak for a service: in Java with its data below `.plinth/dev`, or in a container. */
export async function startKeycloakFor(
  folder: DevFolder,
  runner: KeycloakRunner,
): Promise<RunningKeycloak> {
  const port = await rememberedPort(folder.home, 'provider', 8080)
  const logFile = join(folder.logs, 'provider.log')
  const options = { port, realms: runner.realms, logFile }
  const { prepareKeycloak, startKeycloak, startKeycloakContainer } = await import('plinth/dev')
  const { java } = runner
  if (java === undefined)
    return whileWaiting(
      'Starting Keycloak in Docker (the first time it fetches the image)',
      startKeycloakContainer(options, `plinth-keycloak-${port}`),
    )
  const prepared = await whileWaiting(
    'Getting Keycloak ready',
    prepareKeycloak(java, (sentence) => say(quiet(`${sentence} …`))),
  )
  const where = { java, prepared, home: folder.keycloak }
  return whileWaiting('Starting Keycloak', startKeycloak(options, where))
}

/** What is written down about a Keycloak that runs. */
export function keycloakState(keycloak: RunningKeycloak): ProviderState {
  const { issuer, port, pid, hostName } = keycloak
  const process = markOf(pid)
  return { kind: 'keycloak', issuer, port, hostName, ...(process === undefined ? {} : { process }) }
}

/**
 * Tells a Keycloak on this machine where the service is called at sign-out; its port is known only now.
 * It works without: then a sign-out elsewhere does not reach this service.
 */
export async function callAtKeycloakLogout(provider: ProviderState, url: string): Promise<void> {
  const { keycloakAdmin, setBackchannelLogoutUrl, testClient } = await import('plinth/dev')
  const called = new URL(url)
  if (called.hostname === 'localhost') called.hostname = provider.hostName ?? 'localhost'
  try {
    const admin = await keycloakAdmin(new URL(provider.issuer).origin)
    await setBackchannelLogoutUrl(admin, testClient().clientId, called.href)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    say(quiet(`Keycloak was not told where to call at sign-out: ${reason}`))
  }
}
