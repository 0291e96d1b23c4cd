import { z } from 'zod'
import type { PlatformTx } from '../../data/index.ts'
import type { Id, Secret } from '../../kernel/index.ts'
import type { CookieRule } from '../sessions/cookie.ts'
import type { OwnTokens } from '../tokens/own/own-tokens.ts'
import { accessClaims } from './access-claims.ts'
import type { RefreshCookie } from './refresh-cookie.ts'
import { createRefreshCookie } from './refresh-cookie.ts'
import type { GivenToken } from './refresh-token.ts'
import { beginRefreshTokens } from './refresh-token.ts'
import type { RefreshDeps } from './refresh-tokens.ts'

/** Where a client wants its refresh token: in a cookie that no script reads, or in the answer. */
export const refreshIn = z
  .enum(['cookie', 'body'])
  .default('cookie')
  .describe('Where the refresh token goes: a cookie that no script reads, or the answer.')

/** One of the two places of {@link refreshIn}. */
export type RefreshIn = z.output<typeof refreshIn>

/** What a client that signed in or refreshed gets. */
export const tokenAnswer = z.object({
  access_token: z.string().describe('Goes into the header Authorization: Bearer.'),
  refresh_token: z.string().nullable().describe('Null when it is in the cookie.'),
  token_type: z.literal('bearer'),
  expires_in: z.int().describe('Seconds for which the access token is good.'),
  csrf_token: z
    .string()
    .nullable()
    .describe('Goes into X-CSRF-Token with each call that the cookie goes with; null without it.'),
})

/** Parsed {@link tokenAnswer}. */
export type TokenAnswer = z.output<typeof tokenAnswer>

/** What the token API is made from. */
export interface TokenApiDeps extends RefreshDeps {
  readonly tokens: OwnTokens
  /** Seconds for which an access token is good. */
  readonly accessSeconds: number
  readonly cookie: CookieRule
  /** `app.session_signing_secret`. */
  readonly secret: Secret
}

/** Where the cookie is set: the reply of the request. */
export interface Replying {
  header(name: 'set-cookie', value: string): unknown
}

/** Gives tokens to whoever signed in for them. */
export interface TokenApi {
  readonly deps: TokenApiDeps
  readonly cookie: RefreshCookie
  /**
   * The first tokens of a session of kind `token`; joins the transaction that minted it.
   * @throws TypeError for a session of another kind
   */
  begin(tx: PlatformTx, session: Id<'session'>): Promise<GivenToken>
  /** The answer that carries tokens, and the cookie where they go there. */
  answer(reply: Replying, given: GivenToken, place: RefreshIn): Promise<TokenAnswer>
}

/** Puts the token API together. */
export function createTokenApi(deps: TokenApiDeps): TokenApi {
  const { cookie: rule, secret, idleSeconds: maxAgeSeconds } = deps
  const cookie = createRefreshCookie({ rule, secret, maxAgeSeconds })
  return {
    deps,
    cookie,
    begin: (tx, session) => beginRefreshTokens(deps, tx, session),
    async answer(reply, { refreshToken, session }, place) {
      const accessToken = await deps.tokens.issue({
        person: session.person_id,
        ttlSeconds: deps.accessSeconds,
        claims: accessClaims(session),
      })
      const inCookie = place === 'cookie'
      if (inCookie) reply.header('set-cookie', cookie.set(refreshToken))
      return {
        access_token: accessToken,
        refresh_token: inCookie ? null : refreshToken,
        token_type: 'bearer',
        expires_in: deps.accessSeconds,
        csrf_token: inCookie ? cookie.csrfTokenFor(session.session) : null,
      }
    },
  }
}
