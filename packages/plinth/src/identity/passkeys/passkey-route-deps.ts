import type { Identity } from '../identity-deps.ts'
import type { Passkeys } from './passkeys.ts'

/** What the routes of passkeys need. */
export interface PasskeyRouteDeps {
  readonly identity: Identity
  readonly passkeys: Passkeys
  /** Names of the providers through which people can sign in now. */
  readonly providers: readonly string[]
}
