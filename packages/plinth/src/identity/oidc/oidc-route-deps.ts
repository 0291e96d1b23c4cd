import type { Identity } from '../identity-deps.ts'
import type { Providers } from './providers.ts'

/** What the two routes of a sign-in share. */
export interface OidcRouteDeps {
  readonly identity: Identity
  readonly providers: Providers
}
