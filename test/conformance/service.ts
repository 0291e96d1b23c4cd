import path from 'node:path'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { features } from '../../template/src/features.ts'

/** Where browsers reach the service of these tests, whatever port its socket has. */
export const OWN = 'https://app.example'
/** A front end of another site that the service lists. */
export const FRONT = 'https://front.example:8443'
/** Name of the session cookie under https. */
export const COOKIE = '__Host-user_session_id'

type Settings = Parameters<typeof startWorld>[0]['settings']

/** The template's service as production has it: https, one listed front end, a provider that is not asked. */
export function openService(settings: Settings = {}): Promise<World> {
  return startWorld({
    features,
    migrations: path.join(import.meta.dirname, '../../template/migrations'),
    settings: {
      'app.base_url': OWN,
      'app.cors.origins': [FRONT],
      'oidc.providers.keycloak.issuer': 'http://127.0.0.1:9/realm',
      'oidc.providers.keycloak.client_id': 'template',
      ...settings,
    },
  })
}
