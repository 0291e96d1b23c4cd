import type { Database } from '../../../data/index.ts'
import type { Clock, Secret } from '../../../kernel/index.ts'
import type { PrincipalCache } from '../../principal-cache.ts'
import { createPrincipalCache } from '../../principal-cache.ts'
import type { AuthenticateOwn } from './authenticate-own.ts'
import { authenticateOwn } from './authenticate-own.ts'
import type { KeyRing } from './key-ring.ts'
import { createKeyRing } from './key-ring.ts'
import type { OwnTokens } from './own-tokens.ts'
import { createOwnTokens } from './own-tokens.ts'
import type { SessionLookup } from './session-of-token.ts'
import type { TokenSettings } from './tokens.settings.ts'

/** What access by our own tokens is made from. */
export interface OwnAccessDeps extends SessionLookup {
  readonly settings: TokenSettings
  readonly clock: Clock
  /** `app.session_signing_secret`. */
  readonly secret: Secret
  /** `app.base_url`. */
  readonly baseUrl: string
  /** Where changes are heard of; without it the database is asked at each request. */
  readonly listen: Database['listen'] | undefined
  /** Tokens that one process keeps in memory. */
  readonly cacheEntries: number
}

/** Everything about access tokens of our own. */
export interface OwnAccess {
  readonly keys: KeyRing
  readonly tokens: OwnTokens
  readonly cache: PrincipalCache | undefined
  readonly authenticate: AuthenticateOwn
}

/** Puts it together; nothing is read and no key made before somebody needs it. */
export function createOwnAccess(deps: OwnAccessDeps): OwnAccess {
  const { settings, platform, secondFactors, clock, secret, listen, cacheEntries: most } = deps
  const policy = {
    algorithm: settings.algorithm,
    rotateAfterDays: settings.rotate_keys_after_days,
  }
  const keys = createKeyRing({ platform, clock, secret, policy })
  const issuer = settings.issuer ?? deps.baseUrl
  const tokens = createOwnTokens({ keys, clock, issuer, audience: settings.audience })
  const cache =
    listen === undefined || most === 0
      ? undefined
      : createPrincipalCache({
          listen,
          most,
          heard: (subject) => {
            if (subject === undefined || subject.startsWith('signing-key ')) keys.changed()
          },
        })
  return {
    keys,
    tokens,
    cache,
    authenticate: authenticateOwn({ platform, secondFactors, clock, tokens, cache }),
  }
}
