import { z } from 'zod'
import type { Secret } from '../../kernel/index.ts'
import type { Outbound } from '../../outbound/index.ts'
import { OutboundError } from '../../outbound/index.ts'
import type { Provider } from './provider.ts'

/** Tokens of a provider. They are used on the server and never leave it. */
export interface Tokens {
  readonly accessToken: string
  readonly idToken: string | undefined
  readonly refreshToken: string | undefined
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

const LONGEST_TOKEN = 16_384

const answerSchema = z.object({
  access_token: z.string().min(1).max(LONGEST_TOKEN),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().optional(),
  id_token: z.string().min(1).max(LONGEST_TOKEN).optional(),
  refresh_token: z.string().min(1).max(LONGEST_TOKEN).optional(),
})

const errorSchema = z.object({ error: z.string().regex(/^[a-z_]{1,64}$/) })

/** Asks a provider's token endpoint once; never again for the same grant. */
export async function requestTokens(
  outbound: Outbound,
  provider: Provider,
  grant: Grant,
): Promise<TokenAnswer> {
  try {
    const { tokenEndpoint } = await provider.metadata()
    const form = new URLSearchParams({ ...grant, client_id: provider.clientId })
    const answer = await outbound.fetchJson({
      url: tokenEndpoint,
      reach: provider.reach,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...clientAuthentication(provider.clientId, provider.clientSecret),
      },
      body: form.toString(),
    })
    return answer.status === 200 ? tokensIn(answer.json) : refusal(answer.status, answer.json)
  } catch (error) {
    const fault = error instanceof OutboundError ? error.code : 'metadata'
    return { ok: false, code: isAnswerFault(fault) ? 'invalid' : 'unreachable', fault }
  }
}

/** client_secret_basic: both parts are form-encoded first (RFC 6749 2.3.1). */
export function clientAuthentication(
  clientId: string,
  secret: Secret | undefined,
): Record<string, string> {
  if (secret === undefined) return {}
  const pair = `${formEncoded(clientId)}:${formEncoded(secret.reveal())}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function tokensIn(json: unknown): TokenAnswer {
  const answer = answerSchema.safeParse(json)
  if (!answer.success) {
    const field = answer.error.issues[0]?.path.join('.') ?? ''
    return { ok: false, code: 'invalid', fault: `answer_${field || 'shape'}` }
  }
  const { access_token, id_token, refresh_token } = answer.data
  const tokens = { accessToken: access_token, idToken: id_token, refreshToken: refresh_token }
  return { ok: true, tokens }
}

function refusal(status: number, json: unknown): TokenAnswer {
  const body = errorSchema.safeParse(json)
  if (status >= 500) return { ok: false, code: 'unreachable', fault: `status_${status}` }
  return { ok: false, code: 'refused', fault: body.success ? body.data.error : `status_${status}` }
}

function isAnswerFault(fault: string): boolean {
  return fault.startsWith('answer_') || fault === 'redirect'
}
