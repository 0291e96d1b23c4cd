import { z } from 'zod'
import type { Outbound } from '../../outbound/index.ts'
import { OutboundError } from '../../outbound/index.ts'
import { LONGEST_LIFE_SECONDS } from '../tokens/common-claims.ts'
import { clientRequest } from './client-authentication.ts'
import { requireEndpoint } from './discovery.ts'
import type { Provider } from './provider.ts'

/** Tokens of a provider. They are used on the server and never leave it. */
export interface Tokens {
  readonly accessToken: string
  readonly idToken: string | undefined
  readonly refreshToken: string | undefined
  /** Scopes that were granted where they differ from those asked for (RFC 6749 5.1). */
  readonly scopes: readonly string[] | undefined
  /** Whole seconds that the access token lasts, a day at most, where the provider says so. */
  readonly expiresInSeconds?: number | undefined
}

/** What a token endpoint answered. */
export type TokenAnswer =
  | { readonly ok: true; readonly tokens: Tokens }
  | {
      readonly ok: false
      readonly code: 'refused' | 'invalid' | 'unreachable'
      readonly fault: string
    }

/** The part of an authorization grant that differs (RFC 6749 4.1.3, 6). */
export type Grant =
  | {
      readonly grant_type: 'authorization_code'
      readonly code: string
      readonly redirect_uri: string
      readonly code_verifier: string
    }
  | { readonly grant_type: 'refresh_token'; readonly refresh_token: string }
  | { readonly grant_type: 'client_credentials'; readonly scope?: string }

const LONGEST_TOKEN = 16_384

const answerSchema = z.object({
  access_token: z.string().min(1).max(LONGEST_TOKEN),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().optional(),
  id_token: z.string().min(1).max(LONGEST_TOKEN).optional(),
  refresh_token: z.string().min(1).max(LONGEST_TOKEN).optional(),
  scope: z.string().max(4_096).optional(),
})

const errorSchema = z.object({ error: z.string().regex(/^[a-z_]{1,64}$/) })

/**
 * Asks a provider's token endpoint once; never again for the same grant.
 * @param grant what is exchanged, and the milliseconds it may take where that is less than
 *   `outbound.timeout_ms`
 */
export async function requestTokens(
  outbound: Outbound,
  provider: Provider,
  { timeoutMs, ...grant }: Grant & { readonly timeoutMs?: number },
): Promise<TokenAnswer> {
  try {
    const { tokenEndpoint } = await provider.metadata()
    const answer = await outbound.fetchJson({
      ...clientRequest(provider, requireEndpoint(tokenEndpoint), grant),
      ...(timeoutMs !== undefined && { timeoutMs }),
    })
    const error = errorSchema.safeParse(answer.json).data?.error
    if (answer.status !== 200) return refusal(answer.status, error)
    // Providers without OpenID, GitHub among them, report errors with status 200.
    return error === undefined ? tokensIn(provider, answer.json) : refused(error)
  } catch (error) {
    const fault = error instanceof OutboundError ? error.code : 'metadata'
    return { ok: false, code: isAnswerFault(fault) ? 'invalid' : 'unreachable', fault }
  }
}

function tokensIn(provider: Provider, json: unknown): TokenAnswer {
  const answer = answerSchema.safeParse(json)
  if (!answer.success) {
    const field = answer.error.issues[0]?.path.join('.') ?? ''
    return { ok: false, code: 'invalid', fault: `answer_${field || 'shape'}` }
  }
  const { access_token, id_token, refresh_token, scope, expires_in } = answer.data
  const tokens = {
    accessToken: access_token,
    idToken: id_token,
    refreshToken: refresh_token,
    scopes: scopesIn(provider, scope),
    expiresInSeconds: expires_in && Math.min(Math.floor(expires_in), LONGEST_LIFE_SECONDS),
  }
  return { ok: true, tokens }
}

/** Scopes are separated by spaces; providers without OpenID also take commas for that. */
function scopesIn(
  { protocol }: Provider,
  scope: string | undefined,
): readonly string[] | undefined {
  return scope?.split(protocol === 'oauth2' ? /[ ,]+/ : / +/).filter((one) => one !== '')
}

function refusal(status: number, error: string | undefined): TokenAnswer {
  const isBusy = status === 429 || status >= 500
  if (isBusy) return { ok: false, code: 'unreachable', fault: `status_${status}` }
  return refused(error ?? `status_${status}`)
}

function refused(fault: string): TokenAnswer {
  return { ok: false, code: 'refused', fault }
}

function isAnswerFault(fault: string): boolean {
  return fault.startsWith('answer_') || fault === 'redirect'
}
