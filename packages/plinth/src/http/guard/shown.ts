import type { IncomingHttpHeaders } from 'node:http'

/** The kinds of credentials that a request shows, whatever they are worth. */
export interface Shown {
  readonly bearer: boolean
  readonly key: boolean
  readonly session: boolean
}

/** What a request shows that nobody asks for a credential. */
export const NOTHING_SHOWN: Shown = { bearer: false, key: false, session: false }

/**
 * Tells what requests show.
 * @param sessionCookie name of the cookie; it counts where it stands in the header, resolvable or not
 */
export function createShown(sessionCookie: string): (headers: IncomingHttpHeaders) => Shown {
  const named = new RegExp(`(?:^|[;,\\s])${sessionCookie}\\s*=`)
  return ({ authorization, cookie, 'x-api-key': key }) => ({
    bearer: authorization !== undefined,
    key: key !== undefined,
    session: cookie !== undefined && named.test(cookie),
  })
}
