import type { Clock, Id } from '../../../kernel/index.ts'
import { epochSeconds, newId } from '../../../kernel/index.ts'
import { readCompactToken } from '../compact-token.ts'
import type { SignatureFault } from '../signed-token.ts'
import { readSignedToken } from '../signed-token.ts'
import type { KeyRing } from './key-ring.ts'
import type { OwnClaimFault, OwnToken } from './own-token-claims.ts'
import { readOwnClaims } from './own-token-claims.ts'
import { SIGNING_ALGORITHMS } from './signing-algorithms.ts'

/** What our own tokens are made with. */
export interface OwnTokenDeps {
  readonly keys: Pick<KeyRing, 'signer' | 'find'>
  readonly clock: Clock
  /** `iss` of our tokens. */
  readonly issuer: string
  /** `aud` of our tokens. */
  readonly audience: string
}

/** Whose token, and what it says beside that. Nothing that it says gives any rights. */
export interface NewOwnToken {
  /** Id of the token; a fresh one by default. */
  readonly jti?: string
  readonly person: Id<'person'>
  /** Seconds for which it is good. */
  readonly ttlSeconds: number
  /** `sid` of a person's session or `client_id` of a machine, and what clients like to know. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** Why an own token was refused; a stable code for the log. */
export type OwnTokenFault = SignatureFault | OwnClaimFault

/** Makes and verifies access tokens of our own (RFC 9068). */
export interface OwnTokens {
  readonly issuer: string
  /** Whether a text names us as its issuer. Nothing in it is verified. */
  areOurs(text: string): boolean
  issue(token: NewOwnToken): Promise<string>
  /** What a token says, once its signature and claims hold; else the first thing wrong with it. */
  verify(text: string): Promise<OwnToken | OwnTokenFault>
}

/** Most characters of a token of ours. */
const LONGEST = 4_096
const TYPE = 'at+jwt'

/** The access tokens of this service: one issuer, one audience, one type, keys of our own only. */
export function createOwnTokens({ keys, clock, issuer, audience }: OwnTokenDeps): OwnTokens {
  return {
    issuer,
    areOurs: (text) => readCompactToken(text, LONGEST)?.claims['iss'] === issuer,
    async issue({ jti = newId(clock), person, ttlSeconds, claims }) {
      const { id: kid, algorithm: alg, signing } = await keys.signer()
      const iat = epochSeconds(clock)
      const body = {
        ...claims,
        iss: issuer,
        aud: audience,
        sub: person,
        jti,
        iat,
        exp: iat + ttlSeconds,
      }
      const { CompactSign } = await import('jose')
      return new CompactSign(new TextEncoder().encode(JSON.stringify(body)))
        .setProtectedHeader({ alg, kid, typ: TYPE })
        .sign(signing)
    },
    async verify(text) {
      const token = await readSignedToken(text, {
        algorithms: SIGNING_ALGORITHMS,
        // A key is found by its id alone, and signs with its own algorithm only (RFC 8725 3.1).
        findKeys: async ({ kid, algorithm }) => {
          const key = kid === undefined ? undefined : await keys.find(kid, algorithm)
          return key === undefined ? [] : [key]
        },
        types: [TYPE],
        longest: LONGEST,
      })
      if (!token.ok) return token.fault
      // Ours always name their type: what does not is another kind of token (ASVS V9.2.2).
      if (token.header['typ'] !== TYPE) return 'typ'
      const key = String(token.header['kid'])
      return readOwnClaims(token.claims, { issuer, audience, nowSeconds: epochSeconds(clock), key })
    },
  }
}
