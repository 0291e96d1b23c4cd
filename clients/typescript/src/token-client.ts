import { ProblemError, resultOf } from './problem-error.ts'
import type { FactorAnswer, SignedIn } from './signed-in.ts'
import { factorNeeded } from './signed-in.ts'
import type { Transport, TransportOptions } from './transport.ts'
import { createTransport, inBrowser } from './transport.ts'

/** What a program keeps to go on after it was restarted. Whoever has it is signed in: keep it as a password. */
export interface KeptTokens {
  readonly refreshToken: string
}

/** How the client reaches the service, and what it kept. */
export interface TokenClientOptions extends TransportOptions {
  readonly kept?: KeptTokens
  /** Told of each new refresh token, so that it can be kept; of undefined when the sign-in is over. */
  readonly onChange?: (kept: KeptTokens | undefined) => void
}

interface Answer extends FactorAnswer {
  readonly access_token: string | null
  readonly refresh_token: string | null
  readonly csrf_token: string | null
}

/**
 * Signs people in with a name and a password, and calls the API with access tokens: for programs
 * without a page. In a browser the refresh token stays in a cookie that no script reads.
 */
export class TokenClient {
  readonly #base: URL
  readonly #transport: Transport
  readonly #onChange: TokenClientOptions['onChange']
  #access: string | undefined
  #refresh: string | undefined
  #csrf: string | undefined
  #refreshing: Promise<boolean> | undefined

  /** @param baseUrl where the service is: `http://localhost:8000` by default */
  constructor(baseUrl = 'http://localhost:8000', options: TokenClientOptions = {}) {
    this.#base = new URL(baseUrl)
    this.#transport = createTransport(options)
    this.#onChange = options.onChange
    this.#refresh = options.kept?.refreshToken
  }

  /**
   * Signs in.
   * @throws ProblemError `auth.invalid_credentials`, or `PASSWORD_RESET_REQUIRED` (428)
   */
  async signIn(username: string, password: string): Promise<SignedIn> {
    return this.#take(await this.#send('/auth/login', { username, password, ...place() }))
  }

  /**
   * Brings the second factor of a sign-in that asked for one.
   * @throws ProblemError 401 for a wrong code
   */
  async verify(mfaToken: string, code: string): Promise<SignedIn> {
    const body = { mfa_token: mfaToken, code, ...place() }
    return this.#take(await this.#send('/auth/mfa/verify', body))
  }

  /**
   * Calls the service. When the access token is over it is renewed and the request repeated once; not
   * when its body is a stream. The answer is returned as it came, whatever its status.
   * @throws TypeError for a URL of another origin, UnreachableError when no answer comes
   */
  async request(path: string | URL, init: RequestInit = {}): Promise<Response> {
    if (this.#access === undefined) await this.refresh()
    const used = this.#access
    const answer = await this.#withToken(path, init)
    if (answer.status !== 401 || init.body instanceof ReadableStream) return answer
    if (used === this.#access && !(await this.refresh())) return answer
    await answer.body?.cancel()
    return this.#withToken(path, init)
  }

  /**
   * Sends JSON and returns the JSON of the answer, undefined where it has none.
   * @throws ProblemError when the service refuses
   */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const headers = { accept: 'application/json', ...type }
    const answer = await this.request(path, { method, headers, ...sent })
    return (await resultOf(answer)) as T
  }

  /** Renews the tokens; false when the sign-in is over. Calls at the same time share one renewal. */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#renew().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  /** Ends the sign-in at the service. One that was over already is no error. */
  async signOut(): Promise<void> {
    const answer = await this.#send('/auth/logout', this.#held(), this.#proof())
    this.#forget()
    if (!answer.ok && answer.status !== 401 && answer.status !== 404)
      throw await ProblemError.of(answer)
  }

  async #renew(): Promise<boolean> {
    if (this.#refresh === undefined && this.#csrf === undefined) return false
    const answer = await this.#send('/auth/refresh', this.#held(), this.#proof())
    if (answer.status === 401) {
      this.#forget()
      return false
    }
    return (await this.#take(answer)).code === 'signed_in'
  }

  async #take(answer: Response): Promise<SignedIn> {
    const body = (await resultOf(answer)) as Answer
    if (body.access_token === null) return factorNeeded(body)
    this.#access = body.access_token
    this.#refresh = body.refresh_token ?? undefined
    this.#csrf = body.csrf_token ?? undefined
    if (this.#refresh !== undefined) this.#onChange?.({ refreshToken: this.#refresh })
    return { code: 'signed_in' }
  }

  /** In a browser the cookie goes by itself, and the body says nothing. */
  #held(): object {
    return this.#refresh === undefined ? {} : { refresh_token: this.#refresh }
  }

  #proof(): Record<string, string> {
    return this.#csrf === undefined ? {} : { 'x-csrf-token': this.#csrf }
  }

  #send(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return this.#transport(this.#urlOf(path), {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  }

  #withToken(path: string | URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.#access !== undefined) headers.set('authorization', `Bearer ${this.#access}`)
    // A session cookie of the same browser would be a second credential.
    return this.#transport(this.#urlOf(path), { ...init, headers, credentials: 'omit' })
  }

  #forget(): void {
    const had = this.#refresh !== undefined
    this.#access = undefined
    this.#refresh = undefined
    this.#csrf = undefined
    if (had) this.#onChange?.(undefined)
  }

  /** An address of the service: its tokens go nowhere else. */
  #urlOf(path: string | URL): URL {
    const url = new URL(path, this.#base)
    if (url.origin === this.#base.origin) return url
    throw new TypeError(
      `${url.origin} is not the service: this client only calls ${this.#base.origin}.`,
    )
  }
}

/** Where a refresh token is safe: in a browser nowhere but in a cookie. */
function place(): { readonly refresh_token_in: 'cookie' | 'body' } {
  return { refresh_token_in: inBrowser() ? 'cookie' : 'body' }
}
