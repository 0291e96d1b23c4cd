import type { Clock } from '../../kernel/index.ts'
import { epochSeconds, newToken } from '../../kernel/index.ts'
import type { Json } from './says.ts'
import type { SigningKey } from './signing-key.ts'

/** How a token is made, where it differs from a good one. */
export interface TokenForm {
  /** Header fields that replace the good ones; `undefined` leaves one out. */
  readonly header?: Json
  /** What signs it; the provider's own key when left out. */
  readonly key?: SigningKey
  /** What becomes of a good signature. */
  readonly signature?: (good: Buffer) => Buffer
}

/** Makes one kind of token: `claims` replace the good ones, and `undefined` leaves one out. */
export type MintToken = (claims?: Json, form?: TokenForm) => string

/** Makes the tokens of one provider. */
export interface Mint {
  /** An ID token (OpenID Connect Core 2), without nonce. */
  readonly id: MintToken
  /** An access token by RFC 9068 for the audience `api://default`. */
  readonly access: MintToken
  /** A logout token (OpenID Connect Back-Channel Logout 2.4) for subject and session of `subject-1`. */
  readonly logout: MintToken
  /** A signed UserInfo answer (Core 5.3.2). */
  readonly userinfo: MintToken
}

/** Name of the only event that a logout token may carry. */
export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Who the provider vouches for unless it is told otherwise. */
export const GOOD_PROFILE = {
  email: 'eve@example.com',
  email_verified: true,
  given_name: 'Eve',
  family_name: 'Adams',
} as const

/** What minting needs to know of the provider. */
export interface MintDeps {
  readonly issuer: string
  readonly clientId: string
  readonly clock: Clock
  /** The key of this moment. */
  readonly key: () => SigningKey
  /** Told of every token, and hands it on. */
  readonly issued: (token: string) => string
}

/** Makes the minting functions of a provider. */
export function createMint({ issuer, clientId, clock, key, issued }: MintDeps): Mint {
  const facts = () => {
    const now = epochSeconds(clock)
    return { iss: issuer, sub: 'subject-1', iat: now, exp: now + 300 }
  }
  const make = (type: string, good: () => Json): MintToken => {
    return (claims = {}, form = {}) => {
      const signer = form.key ?? key()
      const header = { alg: signer.alg, kid: signer.kid, typ: type, ...form.header }
      return issued(signToken(header, { ...good(), ...claims }, { ...form, key: signer }))
    }
  }
  const audience = { aud: clientId }
  return {
    id: make('JWT', () => ({ ...facts(), ...audience, ...GOOD_PROFILE })),
    userinfo: make('JWT', () => ({ ...facts(), ...audience, ...GOOD_PROFILE })),
    access: make('at+jwt', () => ({
      ...facts(),
      aud: 'api://default',
      client_id: clientId,
      jti: newToken(),
      scope: 'openid',
    })),
    logout: make('logout+jwt', () => ({
      ...facts(),
      ...audience,
      jti: newToken(),
      events: { [LOGOUT_EVENT]: {} },
    })),
  }
}

/** Signs any header and any claims, fitting or not; a text is taken as it is, JSON or not. */
export function signToken(
  header: unknown,
  claims: unknown,
  { key, signature = (good) => good }: TokenForm & { readonly key: SigningKey },
): string {
  const input = [header, claims].map(encoded).join('.')
  return `${input}.${signature(key.sign(input)).toString('base64url')}`
}

function encoded(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}
