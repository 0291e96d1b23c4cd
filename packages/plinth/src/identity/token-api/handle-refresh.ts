import type { Actor } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { Context } from '../../feature/index.ts'
import { httpProblems } from '../../http/index.ts'
import { AppError } from '../../kernel/index.ts'
import type { CarriedToken } from './carried-token.ts'
import { carriedToken } from './carried-token.ts'
import type { Refreshed } from './refresh-tokens.ts'
import { refreshTokens } from './refresh-tokens.ts'
import { tokenApiProblems } from './token-api.errors.ts'
import type { RefreshFault } from './token-api.events.ts'
import { tokenEvents } from './token-api.events.ts'
import type { TokenAnswer, TokenApi } from './token-api.ts'
import type { TokenRouteDeps } from './token-route-deps.ts'

/** A request with a refresh token in its body, if anything is there. */
export type TokenContext = Context & {
  readonly body: { readonly refresh_token?: unknown } | null | undefined
}

/** `POST /auth/refresh`: a new access token, and the successor of the refresh token (contract 5). */
export async function handleRefresh(
  deps: TokenRouteDeps,
  context: TokenContext,
): Promise<TokenAnswer> {
  const { api, own, refusals } = deps
  const source = mayTry(deps, context)
  const carried = await taken(deps, context, source)
  const { token, mayUse, place } = carried
  const refreshed = await refreshTokens(api.deps, { token, mayUse, actor: context.actor })
  if (refreshed.code === 'refreshed') return api.answer(context.reply, refreshed, place)
  refusals.count(source)
  if (refreshed.person !== undefined) own.cache?.forget(`person ${refreshed.person}`)
  throw await refusal(api, context, { carried, refreshed })
}

/**
 * Where a request comes from.
 * @throws AppError 429 when too much that came from there was refused
 */
export function mayTry({ refusals }: TokenRouteDeps, { actor }: Context): string {
  const source = actor.clientAddress ?? 'unknown'
  const waitMs = refusals.waitMs(source)
  if (waitMs === 0) return source
  throw tokenApiProblems.tooManyRefusals({ retryAfterSeconds: Math.ceil(waitMs / 1_000) })
}

/** The token that came; what cannot be one counts against its address too. */
export async function taken(
  { api, refusals }: TokenRouteDeps,
  { request, body, actor }: TokenContext,
  source: string,
): Promise<CarriedToken> {
  try {
    return carriedToken(api.cookie, request, body?.refresh_token)
  } catch (error) {
    refusals.count(source)
    if (error instanceof AppError && error.code === tokenApiProblems.invalidRefreshToken.code) {
      await noteRefused(api, actor, 'malformed')
    }
    throw error
  }
}

/** Writes down that a token was refused, outside of what could take it back. So many of one address are, and no more. */
export async function noteRefused(
  { deps: { platform } }: TokenApi,
  actor: Actor,
  reason: RefreshFault | 'malformed',
): Promise<void> {
  await recordOutside(platform, actor, tokenEvents.token_refused({ outcome: 'denied', reason }))
}

const ANSWERS: { readonly [F in RefreshFault | 'reused']: () => AppError } = {
  unknown: tokenApiProblems.invalidRefreshToken,
  ended: tokenApiProblems.invalidRefreshToken,
  standing_changed: tokenApiProblems.invalidRefreshToken,
  second_factor_missing: tokenApiProblems.invalidRefreshToken,
  expired: tokenApiProblems.refreshTokenExpired,
  reused: tokenApiProblems.refreshTokenReused,
  csrf: httpProblems.csrf,
}

async function refusal(
  api: TokenApi,
  { actor, reply }: Context,
  {
    carried,
    refreshed,
  }: { carried: CarriedToken; refreshed: Exclude<Refreshed, { code: 'refreshed' }> },
): Promise<AppError> {
  const { code } = refreshed
  if (carried.place === 'cookie' && code !== 'csrf') reply.header('set-cookie', api.cookie.clear())
  // Reuse was written together with the end of its sign-in.
  if (code !== 'reused') await noteRefused(api, actor, code)
  return ANSWERS[code]()
}
