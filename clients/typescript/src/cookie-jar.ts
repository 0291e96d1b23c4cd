/**
 * The cookies of one service, in memory: what a browser does by itself, for Node. Path, domain and
 * flags play no part, because the jar is only ever shown to the one origin that filled it.
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  /** Puts a cookie in, for example a session id that was kept from before. */
  set(name: string, value: string): void {
    this.#cookies.set(name, value)
  }

  /** The value of a cookie; undefined when there is none of that name. */
  get(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  /** The `Cookie` header to send; undefined while the jar is empty. */
  header(): string | undefined {
    if (this.#cookies.size === 0) return undefined
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Does what the `Set-Cookie` lines of an answer say. */
  take(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';')
      const at = pair.indexOf('=')
      const name = pair.slice(0, at).trim()
      if (at < 1) continue
      if (attributes.some(endsCookie)) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(at + 1).trim())
    }
  }
}

/** Lives of seconds are the service's to watch; what matters here is that a cookie is taken back. */
function endsCookie(attribute: string): boolean {
  return /^\s*max-age\s*=\s*(0|-\d+)\s*$|^\s*expires\s*=.*\b1970\b/i.test(attribute)
}
