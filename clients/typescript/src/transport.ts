import { CookieJar } from './cookie-jar.ts'

/** No answer came: the service is away, the network is, or the time was up. `cause` says which. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  /** Whether the time was up, rather than the connection refused. */
  readonly timedOut: boolean

  constructor(origin: string, cause: unknown) {
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError'
    super(
      timedOut
        ? `${origin} did not answer in time. Try again, or give it more with timeoutMs.`
        : `${origin} cannot be reached. Check that it runs and that this page's origin may call it.`,
      { cause },
    )
    this.timedOut = timedOut
  }
}

/** How requests reach the service. */
export interface TransportOptions {
  /** Milliseconds until an answer must have come whole; 30,000 by default. */
  readonly timeoutMs?: number
  /** Instead of the platform's own `fetch`. */
  readonly fetch?: typeof fetch
  /** Where Node keeps cookies; a new jar by default. A browser keeps its own. */
  readonly cookies?: CookieJar
}

/** Sends one request to the service. */
export type Transport = (url: URL, init: RequestInit) => Promise<Response>

const TIMEOUT_MS = 30_000

/**
 * In a browser, requests carry its cookies, also from a page of another origin. In Node a jar does
 * that, and `Origin` is set as a page of the service would have it; a browser forbids to set it.
 */
export function createTransport(options: TransportOptions): Transport {
  const call = options.fetch ?? fetch
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const cookies = inBrowser() ? undefined : (options.cookies ?? new CookieJar())
  return async (url, init) => {
    const headers = new Headers(init.headers)
    const cookie = cookies?.header()
    if (cookies !== undefined && !headers.has('origin')) headers.set('origin', url.origin)
    if (cookie !== undefined) headers.set('cookie', cookie)
    try {
      const signal = withLimit(init.signal, timeoutMs)
      const answer = await call(url, { credentials: 'include', ...init, headers, signal })
      cookies?.take(answer.headers)
      return answer
    } catch (error) {
      if (init.signal?.aborted === true) throw error
      throw new UnreachableError(url.origin, error)
    }
  }
}

/**
 * Reads an answer to its end.
 * @throws UnreachableError when it breaks off, or the time is up before it has come whole
 */
export async function bodyOf(answer: Response): Promise<string> {
  try {
    return await answer.text()
  } catch (error) {
    const origin = answer.url === '' ? 'The service' : new URL(answer.url).origin
    throw new UnreachableError(origin, error)
  }
}

/** Node, and what stands in for it, name themselves in `process`; browsers and their workers have none. */
export function inBrowser(): boolean {
  return globalThis.process?.versions?.node === undefined
}

function withLimit(own: AbortSignal | null | undefined, timeoutMs: number): AbortSignal {
  const limit = AbortSignal.timeout(timeoutMs)
  return own ? AbortSignal.any([own, limit]) : limit
}
