import type { z } from 'zod'
import type { Log } from '../../feature/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { newToken, systemClock } from '../../kernel/index.ts'
import type { Outbound } from '../../outbound/index.ts'
import { createOutbound, outboundSettings } from '../../outbound/index.ts'
import { authorizationUrl } from '../oidc/authorization-url.ts'
import { exchangeCode } from '../oidc/exchange-code.ts'
import { oidcSettings } from '../oidc/oidc.settings.ts'
import { providerSettings } from '../oidc/provider.settings.ts'
import type { Provider } from '../oidc/provider.ts'
import { createProvider } from '../oidc/provider.ts'
import type { Tokens } from '../oidc/token-endpoint.ts'
import { requestTokens } from '../oidc/token-endpoint.ts'
import { askUserInfo } from '../oidc/userinfo-endpoint.ts'
import type { MachineTokens } from './machine-tokens.ts'
import { createMachineTokens } from './machine-tokens.ts'
import { OAuth2Error } from './oauth2-error.ts'
import type { StateStore } from './state-store.ts'
import { createMemoryStates } from './state-store.ts'

/** What a client is made with. */
export interface OAuth2ClientOptions {
  /** Issuer, client and scopes, in the words of `oidc.providers` in config.yaml. */
  readonly settings: z.input<typeof providerSettings>
  /** Where the provider sends browsers back to; not needed for tokens of one's own. */
  readonly redirectUri?: string
  /** Where sign-ins wait for their answer; this process by default. */
  readonly states?: StateStore
  readonly outbound?: Outbound
  readonly clock?: Clock
  readonly log?: Log
}

/** Tokens, and what their ID token or UserInfo says of the person. */
export interface ExchangedTokens extends Tokens {
  readonly claims: Readonly<Record<string, unknown>> & { readonly sub: string }
}

const STATE_SECONDS = 600
const NO_DEMAND = { maxAgeSeconds: null, acr: [], prompt: undefined } as const

/**
 * A client of an OAuth 2 or OpenID provider, for a service that calls others: in the name of a person
 * (authorization code with PKCE, always), or in its own (client credentials). Endpoints come from
 * discovery; Google, Microsoft and GitHub are known. Calls go out by the rules of all others.
 *
 * ```ts
 * await using github = new OAuth2Client({ settings, redirectUri })
 * const { url } = await github.getAuthorizationUrl()
 * const tokens = await github.exchangeCode(code, state)
 * ```
 *
 * @throws TypeError for settings that do not fit; every call throws {@link OAuth2Error}
 */
export class OAuth2Client implements AsyncDisposable {
  readonly #provider: Provider
  readonly #outbound: Outbound
  readonly #clock: Clock
  readonly #states: StateStore
  readonly #redirectUri: string | undefined
  readonly #machineTokens: MachineTokens

  constructor({ settings, redirectUri, states, ...parts }: OAuth2ClientOptions) {
    const { clock = systemClock, log = SILENT } = parts
    const outbound =
      parts.outbound ?? createOutbound({ settings: outboundSettings.parse({}), clock, log })
    const parsed = providerSettings.safeParse(settings)
    const clientId = parsed.data?.client_id
    if (!parsed.success || clientId === undefined) {
      throw new TypeError(`settings of an OAuth2Client: ${faultIn(parsed)}`)
    }
    const own = { ...parsed.data, client_id: clientId }
    const deps = { settings: oidcSettings.parse({}), outbound, clock, log, use: 'calls' } as const
    this.#provider = createProvider(deps, 'oauth2-client', own)
    this.#outbound = outbound
    this.#clock = clock
    this.#states = states ?? createMemoryStates(clock)
    this.#redirectUri = redirectUri
    this.#machineTokens = createMachineTokens({ provider: this.#provider, outbound, clock })
  }

  /** Where to send a browser, and the state that comes back with it; good for ten minutes. */
  async getAuthorizationUrl(): Promise<{ readonly url: string; readonly state: string }> {
    const redirectUri = this.#redirectUri
    if (redirectUri === undefined) throw new TypeError('an OAuth2Client needs redirectUri for this')
    const { authorizationEndpoint } = await this.#metadata()
    if (authorizationEndpoint === undefined)
      throw new OAuth2Error('refused', 'no_authorization_endpoint')
    const secrets = { state: newToken(), nonce: newToken(), codeVerifier: newToken() }
    const { state, ...started } = { ...secrets, redirectUri }
    await this.#states.put(state, started, STATE_SECONDS)
    const login = { ...secrets, redirectUri, demand: NO_DEMAND }
    return { url: authorizationUrl(this.#provider, authorizationEndpoint, login), state }
  }

  /** Takes the answer that a browser brought: each state works once. */
  async exchangeCode(code: string, state: string): Promise<ExchangedTokens> {
    const started = await this.#states.take(state)
    if (started === undefined) throw new OAuth2Error('state', 'unknown_state')
    const { redirectUri, codeVerifier, nonce } = started
    const pending = { redirect_uri: redirectUri, code_verifier: codeVerifier, nonce }
    const deps = { outbound: this.#outbound, clock: this.#clock }
    const exchanged = await exchangeCode(deps, { provider: this.#provider, pending, code, state })
    if (exchanged.ok) return { ...exchanged.tokens, claims: exchanged.claims }
    throw new OAuth2Error(FAULTS[exchanged.reason] ?? 'invalid', exchanged.fault)
  }

  /** What the provider says of the person of a token. */
  async getUserinfo(accessToken: string): Promise<Readonly<Record<string, unknown>>> {
    const answer = await askUserInfo(this.#outbound, this.#provider, accessToken)
    if (answer.code === 'facts') return answer.facts
    throw answer.code === 'none'
      ? new OAuth2Error('unreachable', 'userinfo')
      : new OAuth2Error('invalid', `userinfo_${answer.fault}`)
  }

  /** A token of our own for scopes; from memory while one lasts, so that it may be asked for each time. */
  async clientCredentials(scopes: readonly string[] = []): Promise<Tokens> {
    return this.#machineTokens(scopes)
  }

  /** New tokens for a refresh token; keep the refresh token that comes back, where one does. */
  async refresh(refreshToken: string): Promise<Tokens> {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken } as const
    const answer = await requestTokens(this.#outbound, this.#provider, grant)
    if (!answer.ok) throw new OAuth2Error(answer.code, answer.fault)
    return { ...answer.tokens, refreshToken: answer.tokens.refreshToken ?? refreshToken }
  }

  /** Its endpoints, as discovery or settings say. */
  async discover(): Promise<Awaited<ReturnType<Provider['metadata']>>> {
    return this.#metadata()
  }

  /** Nothing stays open; here so that a client can be scoped with `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {}

  async #metadata() {
    try {
      return await this.#provider.metadata()
    } catch {
      throw new OAuth2Error('unreachable', 'discovery')
    }
  }
}

const FAULTS: Readonly<Record<string, 'refused' | 'unreachable'>> = {
  token_refused: 'refused',
  provider_unavailable: 'unreachable',
}

function faultIn(parsed: z.ZodSafeParseResult<unknown>): string {
  const [issue] = parsed.error?.issues ?? []
  return issue === undefined ? 'client_id is missing' : `${issue.path.join('.')} ${issue.message}`
}

const quiet = () => undefined
const SILENT: Log = { info: quiet, warn: quiet, error: quiet }
