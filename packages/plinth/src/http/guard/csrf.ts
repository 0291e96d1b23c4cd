import type { Principal } from '../../access/index.ts'
import type { Secret } from '../../kernel/index.ts'
import { deriveKey, mac, sameText } from '../../kernel/index.ts'

/** Makes and checks CSRF tokens: an HMAC over the credential, so they die when it is rotated (D4). */
export interface Csrf {
  /** Null for a principal whose credential no browser sends by itself. */
  tokenFor(principal: Principal): string | null
  accepts(principal: Principal, token: string): boolean
}

/** CSRF tokens keyed by `app.csrf_signing_secret`. */
export function createCsrf(secret: Secret): Csrf {
  const key = deriveKey(secret, 'csrf')
  const tokenOf = (principal: Principal) =>
    mac(key, principal.credential.kind, principal.credential.id)
  return {
    tokenFor: (principal) => (principal.credential.kind === 'cookie' ? tokenOf(principal) : null),
    accepts: (principal, token) => sameText(tokenOf(principal), token),
  }
}
