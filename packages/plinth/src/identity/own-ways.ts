import type { IdentityDeps } from './identity-deps.ts'
import { relyingParty } from './passkeys/relying-party.ts'

/** The ways in that need no identity provider, as pages offer them. */
export interface OwnWays {
  /** By a name and a password. */
  readonly password: boolean
  /** By a passkey. */
  readonly passkey: boolean
  /** Whether anybody may make an account. */
  readonly registration: boolean
}

/** What of it is on. */
export function ownWays({
  accounts,
  passkeys,
  app,
}: Pick<IdentityDeps, 'accounts' | 'passkeys' | 'app'>): OwnWays {
  return {
    password: accounts.sign_in_form,
    passkey: passkeys.enabled && relyingParty(app) !== undefined,
    registration: accounts.sign_in_form && accounts.registration === 'open',
  }
}
