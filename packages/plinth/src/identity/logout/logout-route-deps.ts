import type { RefusalLimit } from '../../http/index.ts'
import type { Identity } from '../identity-deps.ts'
import type { Providers } from '../oidc/providers.ts'
import type { LogoutStates } from './logout-state.ts'

/** What the routes of sign-out share. */
export interface LogoutRouteDeps {
  readonly identity: Identity
  readonly providers: Providers
  readonly states: LogoutStates
  readonly refusals: RefusalLimit
}
