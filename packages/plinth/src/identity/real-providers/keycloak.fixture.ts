import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Java, PreparedKeycloak } from '../../dev/index.ts'
import {
  completeKeycloakLogin,
  freePort,
  keycloakAdmin,
  setBackchannelLogoutUrl,
  startKeycloak,
} from '../../dev/index.ts'
import { CLIENT, type RealProvider } from './real-provider.fixture.ts'

/** The realm that every generated service has. */
export const REALMS = join(import.meta.dirname, '../../../../../template/infra/keycloak')

/** A Keycloak of its own, with the realm of the template; it ends with this process at the latest. */
export async function openKeycloak(java: Java, prepared: PreparedKeycloak): Promise<RealProvider> {
  const home = await mkdtemp(join(tmpdir(), 'plinth-keycloak-'))
  const start = async () => {
    const options = { port: await freePort(), realms: REALMS, logFile: join(home, 'keycloak.log') }
    return startKeycloak(options, { java, prepared, home })
  }
  // It listens long after the port was found free: somebody may have taken that, hardly twice.
  const keycloak = await start()
    .catch(start)
    .catch(async (error: unknown) => {
      await rm(home, { recursive: true, force: true })
      throw error
    })
  return {
    issuer: keycloak.issuer,
    forTheApi: {},
    audience: ['api://default', 'account'],
    authorizedParty: CLIENT.id,
    logIn: completeKeycloakLogin,
    callAtLogout: async (url) =>
      setBackchannelLogoutUrl(await keycloakAdmin(keycloak.origin), CLIENT.id, url),
    rotateKeys: () => addKey(keycloak.origin),
    async [Symbol.asyncDispose]() {
      await keycloak.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** A key of a higher priority: Keycloak signs with it, and publishes the old one beside it. */
async function addKey(origin: string): Promise<void> {
  const admin = await keycloakAdmin(origin)
  const realm = await admin.read<{ readonly id: string }>('')
  await admin.send('POST', '/components', {
    name: 'newer',
    parentId: realm.id,
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    config: { priority: ['200'], enabled: ['true'], active: ['true'], algorithm: ['RS256'] },
  })
}
