import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import type { Context } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { clearCookie, cookiePairs, setCookie, tokenCookie } from './cookie.ts'
import { endSession } from './end-session.ts'
import { forgetPerson } from './forget-person.ts'
import type { RenewTokens } from './rotate-session.ts'
import { rotateSession } from './rotate-session.ts'
import type { SessionPrincipal } from './session.ts'
import { isSessionPrincipal } from './session.ts'

/** What the routes of a session share. */
export interface SessionRouteDeps {
  readonly identity: Identity
  readonly renewTokens: RenewTokens
  /** Where to end the session at the provider too. */
  readonly logoutUrl: (provider: string, idToken: string | undefined) => Promise<string | undefined>
}

const user = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  name: z.string(),
})
const tenant = z.object({ id: z.uuid(), slug: z.string(), name: z.string() })

/** `GET /auth/web/me`, `POST /auth/web/refresh` and `POST /auth/web/logout` (contract 4.3 to 4.5). */
export function sessionRoutes(deps: SessionRouteDeps): readonly RouteOptions[] {
  const me = route('GET /auth/web/me', {
    access: open('tells a page whether somebody is signed in'),
    summary: 'Who is signed in, and the CSRF token of the session.',
    answersNobody: true,
    // Clients take anything but 200 for signed out, and some add a field against caches (contract 4.3).
    otherQueryIgnored: true,
    returns: z.object({
      authenticated: z.boolean(),
      user: user.nullable(),
      tenant: tenant.nullable(),
      permissions: z.array(z.string()),
      csrf_token: z.string().nullable(),
    }),
    handle: (context) => showSession(deps.identity, context),
  })
  const refresh = route('POST /auth/web/refresh', {
    access: open('answers 401 itself and clears the cookie'),
    browserOnly: true,
    summary: 'Gives the session a new id and a new CSRF token.',
    returns: z.object({ message: z.string(), csrf_token: z.string() }),
    raises: [
      identityProblems.noSession,
      identityProblems.invalidSession,
      identityProblems.refreshFailed,
    ],
    handle: (context) => handleRefresh(deps, context),
  })
  const logout = route('POST /auth/web/logout', {
    access: open('answers 200 also when the session is gone already'),
    browserOnly: true,
    summary: 'Ends the session and says where to end it at the provider.',
    returns: z.object({ message: z.string(), provider_logout_url: z.string().optional() }),
    raises: [identityProblems.noSession],
    handle: (context) => handleLogout(deps, context),
  })
  return [me, refresh, logout]
}

function showSession(identity: Identity, { principal, placement, csrfToken }: Context) {
  if (!isSessionPrincipal(principal)) {
    return { authenticated: false, user: null, tenant: null, permissions: [], csrf_token: null }
  }
  return {
    authenticated: true,
    user: {
      id: principal.person,
      email: principal.email ?? null,
      first_name: principal.givenName,
      last_name: principal.familyName,
      name: principal.name,
    },
    tenant: identity.tenancy.visible ? tenantOf(principal) : null,
    permissions: [...(placement?.permissions ?? [])],
    csrf_token: csrfToken,
  }
}

function tenantOf({ tenant: id, tenantSlug: slug, tenantName: name }: SessionPrincipal) {
  return id === null || slug === null || name === null ? null : { id, slug, name }
}

async function handleRefresh({ identity, renewTokens }: SessionRouteDeps, context: Context) {
  const { principal, request, reply, actor } = context
  const token = carriedToken(identity, context)
  const userAgent = request.headers['user-agent']
  const mayRotate = token !== undefined && isSessionPrincipal(principal) && principal.browserMatches
  const rotation = mayRotate
    ? await rotateSession(
        { platform: identity.platform, sessions: identity.mint, renewTokens },
        { token, userAgent, actor },
      )
    : undefined
  if (principal !== undefined) forgetPerson(identity, principal.person)
  if (rotation?.code !== 'rotated' || !isSessionPrincipal(principal)) {
    reply.header('set-cookie', clearCookie(identity.cookie, identity.cookieName))
    throw rotation?.code === 'refused'
      ? identityProblems.refreshFailed()
      : identityProblems.invalidSession()
  }
  const { session } = rotation
  const maxAgeSeconds = identity.app.session_max_age
  const cookie = { name: identity.cookieName, value: session.token, maxAgeSeconds }
  reply.header('set-cookie', setCookie(identity.cookie, cookie))
  const credential = { ...principal.credential, id: session.id }
  const csrfToken = identity.csrfTokenFor({ ...principal, credential }) ?? ''
  return { message: 'Session refreshed', csrf_token: csrfToken }
}

async function handleLogout({ identity, logoutUrl }: SessionRouteDeps, context: Context) {
  const token = carriedToken(identity, context)
  context.reply.header('set-cookie', clearCookie(identity.cookie, identity.cookieName))
  const deps = { platform: identity.platform, sessions: identity.mint }
  const ended = token && (await endSession(deps, token, context.actor))
  if (context.principal !== undefined) forgetPerson(identity, context.principal.person)
  const url = ended ? await logoutUrl(ended.provider, ended.idToken) : undefined
  return { message: 'Logged out', ...(url && { provider_logout_url: url }) }
}

/**
 * The token that a request carries; undefined for a cookie that is not one.
 * @throws AppError auth.no_session when there is no session cookie at all
 */
function carriedToken(identity: Identity, { request }: Context): string | undefined {
  const { cookie } = request.headers
  if (!cookiePairs(cookie).some(([name]) => name === identity.cookieName)) {
    throw identityProblems.noSession()
  }
  return tokenCookie(cookie, identity.cookieName)
}
