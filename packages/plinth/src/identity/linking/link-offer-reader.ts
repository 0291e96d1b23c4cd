import type { Context } from '../../feature/index.ts'
import { findBrowserSession } from '../browser-session.ts'
import type { IdentityDeps } from '../identity-deps.ts'
import { sessionCookieName } from '../identity-deps.ts'
import { tokenCookie } from '../sessions/cookie.ts'
import { isoTime } from '../sessions/mint-session.ts'
import type { ShownOffer } from './link-offers.repository.ts'
import { findOffer } from './link-offers.repository.ts'

/** Finds the offer that a page shows; undefined when it is over, or not this browser's. */
export type LinkOfferReader = (
  context: Pick<Context, 'request'>,
  id: string,
) => Promise<ShownOffer | undefined>

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** For the page that asks for consent; the answer goes to `/auth/identities/offers/{id}`. */
export function linkOfferReader({
  platform,
  clock,
  app,
}: Pick<IdentityDeps, 'platform' | 'clock' | 'app'>): LinkOfferReader {
  const cookieName = sessionCookieName(app.base_url)
  return async ({ request }, id) => {
    if (!UUID.test(id)) return undefined
    const now = isoTime(clock.now())
    const token = tokenCookie(request.headers.cookie, cookieName)
    const session = await findBrowserSession(platform, token, now)
    return session && findOffer(platform, { ...session, id }, now)
  }
}
