import path from 'node:path'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { registry as features } from '../../template/src/generated/registry.ts'

/** Where browsers reach the service of these tests, whatever port its socket has. */
export const OWN = 'https://app.example'
/** A front end of another site that the service lists. */
export const FRONT = 'https://front.example:8443'
/** Name of the session cookie under https. */
export const COOKIE = '__Host-user_session_id'

type WorldOptions = Parameters<typeof startWorld>[0]

/** What a test adds to the template's service. */
export interface ServiceOptions extends Pick<WorldOptions, 'settings' | 'providers'> {
  /** More features, beside the template's own. */
  readonly more?: WorldOptions['features']
}

const UNREACHABLE = {
  'oidc.providers.keycloak.issuer': 'http://127.0.0.1:9/realm',
  'oidc.providers.keycloak.client_id': 'template',
}

/** The template's service as production has it: https, and one listed front end of another site. */
export function openService(options: ServiceOptions = {}): Promise<World> {
  const { settings = {}, providers = [], more = [] } = options
  return startWorld({
    features: [...features, ...more],
    providers,
    migrations: path.join(import.meta.dirname, '../../template/migrations'),
    settings: {
      'app.base_url': OWN,
      'app.cors.origins': [FRONT],
      ...(providers.length === 0 ? UNREACHABLE : {}),
      ...settings,
    },
  })
}
