import type { ProblemDetail } from './problem-error.ts'
import { jsonOf, ProblemError, resultOf } from './problem-error.ts'
import type { FactorAnswer, SignedIn } from './signed-in.ts'
import { factorNeeded } from './signed-in.ts'
import type { Transport, TransportOptions } from './transport.ts'
import { createTransport, inBrowser } from './transport.ts'

/** Who is signed in. */
export interface User {
  readonly id: string
  readonly email: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly name: string
}

/** Whether somebody is signed in, as `GET /auth/web/me` says. */
export type AuthState =
  | {
      readonly authenticated: true
      readonly user: User
      readonly tenant: { readonly id: string; readonly slug: string; readonly name: string } | null
      readonly permissions: readonly string[]
      readonly csrf_token: string
    }
  | { readonly authenticated: false; readonly user: null; readonly csrf_token: null }

/** What signing out answers. */
export interface LoggedOut {
  readonly message: string
  /** Where the session at the identity provider ends; absent where the provider has no such place. */
  readonly provider_logout_url?: string
}

/** How fresh or strong a sign-in must be. */
export interface SignInDemand {
  /** Asks the provider for a sign-in that is at most this many seconds old. */
  readonly maxAgeSeconds?: number
  /** Asks the provider for one of these authentication context classes, the best first. */
  readonly acrValues?: readonly string[]
}

/** How signing out goes on. */
export interface LogoutOptions {
  /** Whether a browser then goes to the provider, to sign out there too; true by default. */
  readonly navigate?: boolean
}

/** How the client reaches the service. */
export type AuthClientOptions = TransportOptions

const DEFAULT_BASE_URL = 'http://localhost:8000'
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
// A request without the header is refused for that, with 403; with it, a session that is over is 401.
const NO_TOKEN = 'signed-out'
const SIGNED_OUT: AuthState = { authenticated: false, user: null, csrf_token: null }

/**
 * Signs people in to one service and calls its API with their session. It keeps the CSRF token in
 * memory and nothing anywhere else; the session itself is a cookie that no script can read.
 */
export class AuthClient {
  readonly #base: URL
  readonly #transport: Transport
  #csrfToken: string | null = null
  #person: string | null = null
  #refreshing: Promise<Response> | undefined

  /** @param baseUrl where the service is: `http://localhost:8000` by default */
  constructor(baseUrl: string = DEFAULT_BASE_URL, options: AuthClientOptions = {}) {
    this.#base = new URL(baseUrl)
    this.#transport = createTransport(options)
  }

  /** The same as {@link me}, except that a refusal counts as signed out. */
  async checkAuthState(): Promise<AuthState> {
    try {
      return await this.me()
    } catch (error) {
      if (error instanceof ProblemError) return SIGNED_OUT
      throw error
    }
  }

  /**
   * Who is signed in; also fetches the CSRF token.
   * @throws ProblemError when the service refuses, UnreachableError when it does not answer
   */
  async me(): Promise<AuthState> {
    const answer = await this.#transport(this.#urlOf('/auth/web/me'), {
      headers: { accept: 'application/json' },
    })
    const state = (await resultOf(answer)) as AuthState | undefined
    this.#csrfToken = state?.csrf_token ?? null
    this.#person = state?.user?.id ?? null
    return state?.authenticated ? state : SIGNED_OUT
  }

  /**
   * The URL that starts a sign-in: a browser must open it, not `fetch`.
   * @param provider its name in the service's configuration; `default` takes the default provider
   * @param returnTo where the browser comes back to: a page of the service, or a URL of an origin it allows
   */
  loginUrl(provider = 'default', returnTo = '/', demand: SignInDemand = {}): string {
    const { maxAgeSeconds, acrValues } = demand
    const url = this.#urlOf('/auth/web/login')
    if (provider !== 'default') url.searchParams.set('provider', provider)
    url.searchParams.set('return_to', this.#wayBack(returnTo))
    if (maxAgeSeconds !== undefined) url.searchParams.set('max_age', String(maxAgeSeconds))
    if (acrValues !== undefined) url.searchParams.set('acr_values', acrValues.join(' '))
    return url.href
  }

  /** Leaves the page for a sign-in. In Node there is no page: open {@link loginUrl} in a browser. */
  login(provider = 'default', returnTo = '/', demand: SignInDemand = {}): void {
    goTo(this.loginUrl(provider, returnTo, demand))
  }

  /**
   * Signs in with a name and a password, without leaving the page: the service sets the session cookie.
   * @throws ProblemError `auth.invalid_credentials`, or `PASSWORD_RESET_REQUIRED` (428)
   */
  signIn(username: string, password: string): Promise<SignedIn> {
    return this.#enter('/auth/web/login', { username, password })
  }

  /**
   * Brings the second factor of a sign-in that asked for one.
   * @param rememberDevice whether this browser needs no second factor for a while
   * @throws ProblemError 401 for a wrong code
   */
  verify(mfaToken: string, code: string, rememberDevice = false): Promise<SignedIn> {
    const body = { mfa_token: mfaToken, code, remember_device: rememberDevice }
    return this.#enter('/auth/web/mfa', body)
  }

  /**
   * Where a person signs in again, when the service refused because their sign-in is too old or too
   * weak for what they asked; undefined for any other error.
   */
  signInAgainUrl(error: unknown, returnTo = '/'): string | undefined {
    const again = error instanceof ProblemError ? error.details.find(asksToSignIn) : undefined
    if (again === undefined) return undefined
    const url = this.#urlOf(again.message)
    url.searchParams.set('return_to', this.#wayBack(returnTo))
    return url.href
  }

  /**
   * Calls the service with the session. An unsafe method carries the CSRF token; when the service
   * refuses that token, because the session was renewed elsewhere, it is fetched anew and the
   * request repeated once. It is not repeated when somebody else is signed in by now, nor when its
   * body is a stream. The answer is returned as it came, whatever its status.
   * @throws TypeError for a URL of another origin, UnreachableError when no answer comes, ProblemError
   * when the token cannot be had
   */
  async request(path: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = this.#urlOf(path)
    const method = (init.method ?? 'GET').toUpperCase()
    if (SAFE.has(method)) return this.#transport(url, { ...init, method })
    const once = init.body instanceof ReadableStream
    if (this.#csrfToken === null || once) await this.me()
    const person = this.#person
    const answer = await this.#send(url, { ...init, method })
    if (once || !(await refusesCsrf(answer))) return answer
    await this.me()
    if (this.#csrfToken === null || this.#person !== person) return answer
    await answer.body?.cancel()
    return this.#send(url, { ...init, method })
  }

  /** The same as {@link request}. */
  authenticatedRequest(url: string | URL, init: RequestInit = {}): Promise<Response> {
    return this.request(url, init)
  }

  /**
   * Sends JSON and returns the JSON of the answer, undefined where it has none.
   * @throws ProblemError when the service refuses
   */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await resultOf(answer)) as T
  }

  /** Gives the session a new id and CSRF token; false when it could not be renewed. */
  async refreshSession(): Promise<boolean> {
    return (await this.#refresh()).ok
  }

  /**
   * Gives the session a new id and CSRF token.
   * @throws ProblemError `auth.no_session`, `auth.invalid_session` or `auth.refresh_failed`: sign in again
   */
  async refresh(): Promise<void> {
    const answer = await this.#refresh()
    if (!answer.ok) throw await ProblemError.of(answer)
  }

  /**
   * Ends the session. A browser then goes to the provider, where it has a place to sign out. A
   * session that was over already is no error.
   */
  async logout({ navigate = true }: LogoutOptions = {}): Promise<LoggedOut> {
    const answer = await this.request('/auth/web/logout', { method: 'POST' })
    if (!answer.ok && answer.status !== 401) throw await ProblemError.of(answer)
    this.#forget()
    const { message, detail, provider_logout_url: next } = await jsonOf(answer)
    const url = typeof next === 'string' && /^https?:/.test(next) ? next : undefined
    if (navigate && url !== undefined && inBrowser()) goTo(url)
    return { message: String(message ?? detail), ...(url && { provider_logout_url: url }) }
  }

  async #enter(path: string, body: object): Promise<SignedIn> {
    const answer = await this.call<FactorAnswer & { readonly mfa_required: boolean }>(
      'POST',
      path,
      body,
    )
    if (answer.mfa_required) return factorNeeded(answer)
    // Whose session it is, and its token, for the calls that follow.
    await this.me()
    return { code: 'signed_in' }
  }

  /** Calls at the same time share one renewal. */
  async #refresh(): Promise<Response> {
    this.#refreshing ??= this.#renew().finally(() => {
      this.#refreshing = undefined
    })
    return (await this.#refreshing).clone()
  }

  async #renew(): Promise<Response> {
    const answer = await this.request('/auth/web/refresh', { method: 'POST' })
    const { csrf_token: token } = await jsonOf(answer.clone())
    if (answer.ok && typeof token === 'string') this.#csrfToken = token
    if (answer.status === 401) this.#forget()
    return answer
  }

  #send(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('x-csrf-token', this.#csrfToken ?? NO_TOKEN)
    return this.#transport(url, { ...init, headers })
  }

  /** A page of the service by its path: whole addresses are for the origins that it lists (`location.href`). */
  #wayBack(returnTo: string): string {
    const { origin } = this.#base
    if (returnTo === origin) return '/'
    return returnTo.startsWith(`${origin}/`) ? returnTo.slice(origin.length) : returnTo
  }

  #forget(): void {
    this.#csrfToken = null
    this.#person = null
  }

  /** An address of the service: its CSRF token goes nowhere else. */
  #urlOf(path: string | URL): URL {
    const url = new URL(path, this.#base)
    if (url.origin === this.#base.origin) return url
    throw new TypeError(
      `${url.origin} is not the service: this client only calls ${this.#base.origin}.`,
    )
  }
}

/** 403 with a JSON body whose `detail` speaks of CSRF: what the service answers to a stale token. */
async function refusesCsrf(answer: Response): Promise<boolean> {
  if (answer.status !== 403) return false
  const { detail } = await jsonOf(answer.clone())
  return typeof detail === 'string' && detail.includes('CSRF')
}

function asksToSignIn({ code }: ProblemDetail): boolean {
  return code === 'sign_in_again'
}

/** What the client uses of a window; the compiler's own list of a browser's names is not loaded. */
interface Window {
  readonly location?: { assign(url: string): void }
}

function goTo(url: string): void {
  const { location } = globalThis as Window
  if (location === undefined)
    throw new Error(`There is no page to leave here. Open ${url} in a browser.`)
  location.assign(url)
}
