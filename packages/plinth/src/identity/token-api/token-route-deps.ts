import type { RefusalLimit } from '../../http/index.ts'
import type { Identity } from '../identity-deps.ts'
import type { OwnAccess } from '../tokens/own/own-access.ts'
import type { TokenApi } from './token-api.ts'

/** What the routes of the token API share. */
export interface TokenRouteDeps {
  readonly identity: Identity
  readonly api: TokenApi
  readonly own: OwnAccess
  /** Refused refresh tokens by address: guessing is slow, and harms nobody's sign-in (RR-23). */
  readonly refusals: RefusalLimit
}
