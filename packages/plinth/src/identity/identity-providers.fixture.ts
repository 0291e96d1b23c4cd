import type { RunningProvider } from '../dev/index.ts'
import type { EvilProvider } from '../testing/evil-provider/index.ts'

/**
 * The providers of an identity world: the development provider as `keycloak`, the evil one, and two
 * that are never used.
 * @param more settings of the evil provider beside its own
 */
export function providersFor(
  { provider, evil }: { readonly provider: RunningProvider; readonly evil: EvilProvider },
  more: object | undefined,
) {
  return {
    keycloak: {
      client_id: 'test-client',
      client_secret: 'test-client-secret',
      issuer: provider.issuer,
    },
    evil: { ...evil.settings, ...more },
    off: { enabled: false, client_id: 'x', issuer: evil.issuer },
    clientless: { issuer: evil.issuer },
  }
}
