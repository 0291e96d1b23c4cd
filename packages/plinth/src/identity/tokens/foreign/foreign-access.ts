import type { Outbound } from '../../../outbound/index.ts'
import type { AuthenticateForeign, ForeignTokenDeps } from './authenticate-foreign.ts'
import { authenticateForeign } from './authenticate-foreign.ts'
import { createIntrospection } from './introspection.ts'
import type { TokenIssuersDeps } from './token-issuers.ts'
import { createTokenIssuers } from './token-issuers.ts'

/** What access by the tokens of other issuers is made from. */
export interface ForeignAccessDeps
  extends Omit<TokenIssuersDeps, 'settings'>,
    Omit<ForeignTokenDeps, 'providers' | 'introspection'> {
  readonly outbound: Outbound
}

/** Puts it together; nothing is fetched before the first token. */
export function createForeignAccess(deps: ForeignAccessDeps): AuthenticateForeign {
  const issuers = createTokenIssuers(deps)
  const judging = { ...deps, providers: issuers }
  return authenticateForeign({ ...judging, introspection: createIntrospection(judging) })
}
