import type { Context } from '../../feature/index.ts'
import type { BrowserSession } from '../browser-session.ts'
import { findBrowserSession } from '../browser-session.ts'
import { CONFIRM_PAGE } from '../confirm-page.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { ownReturnTo } from '../own-return-to.ts'
import { tokenCookie } from '../sessions/cookie.ts'
import { isoTime } from '../sessions/mint-session.ts'
import { beginLogin } from './begin-login.ts'
import { demandOf, isDemanding } from './demand.ts'
import type { OidcRouteDeps } from './oidc-route-deps.ts'
import type { Provider } from './provider.ts'
import type { Providers } from './providers.ts'

type LoginContext = Context & {
  readonly query: {
    readonly provider?: unknown
    readonly return_to?: unknown
    readonly max_age?: unknown
    readonly acr_values?: unknown
    readonly prompt?: unknown
  }
}

/**
 * Starts a sign-in and sends the browser to the provider (contract 4.1). One that must prove more
 * than an ordinary sign-in, in a browser where somebody is signed in, is a step-up of that person.
 */
export async function handleLogin({ identity, providers }: OidcRouteDeps, context: LoginContext) {
  const { reply, query } = context
  const demand = demandOf(query, new Set(identity.acrValues))
  const session = isDemanding(demand) ? await sessionOf(identity, context) : undefined
  if (session?.provider === LOCAL && (query.provider ?? LOCAL) === LOCAL) {
    const back = new URLSearchParams({ return_to: ownReturnTo(identity, query.return_to) })
    return void reply.redirect(`${CONFIRM_PAGE}?${back}`, 302)
  }
  const provider = findProvider(providers, query.provider, session?.provider)
  const asked = session && { ...session, purpose: 'step_up' as const }
  const returnTo = query.return_to
  reply.redirect(await beginLogin(identity, context, { provider, demand, asked, returnTo }), 302)
}

/** Of whoever signed in without a provider: they prove themselves to us again. */
const LOCAL = 'local'

async function sessionOf(
  { platform, clock, cookieName }: Identity,
  { request }: Context,
): Promise<BrowserSession | undefined> {
  const token = tokenCookie(request.headers.cookie, cookieName)
  return findBrowserSession(platform, token, isoTime(clock.now()))
}

const PROVIDER_NAME = /^[a-z][a-z0-9_-]{0,31}$/

/**
 * The provider that was named, else the one that the person signed in through, else the default.
 * @throws AppError 400 auth.unknown_provider
 */
export function findProvider(providers: Providers, name: unknown, former?: string): Provider {
  const isNamed = name !== undefined && name !== '' && name !== 'default'
  const again = isNamed || former === undefined ? undefined : providers.find(former)
  const found = again ?? (isText(name) ? providers.find(name) : undefined)
  if (found !== undefined) return found
  // Only a name of our own grammar is repeated to the caller.
  const shown = typeof name === 'string' && PROVIDER_NAME.test(name) ? `: ${name}` : ''
  throw identityProblems.unknownProvider({ message: `Unknown provider${shown}` })
}

function isText(name: unknown): name is string | undefined {
  return name === undefined || typeof name === 'string'
}
