import type { FastifyRequest } from 'fastify'
import type { PlatformDb } from '../../data/index.ts'
import { contextOf } from '../../feature/index.ts'
import type { CookieRule } from './cookie.ts'
import { setCookie } from './cookie.ts'
import type { SessionDeps } from './mint-session.ts'
import { keepTokens, rotateSession } from './rotate-session.ts'
import type { SessionPrincipal } from './session.ts'

/** What changing the id of a session in the middle of a request needs. */
export interface ChangeIdDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
  readonly cookie: CookieRule
  readonly cookieName: string
  readonly cookieSeconds: number
  readonly log: { warn(facts: object, message?: string): void }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Gives a session a new id because what its person may do has changed (SB-17, ASVS 7.2.4): an id that
 * somebody learned before is not worth what it is worth now. The answer of this request brings the
 * new cookie, and so does every further one to the old id within its grace: a browser that was led
 * elsewhere never took the first. An unsafe request goes on as the old id, to which its CSRF token belongs.
 * @returns undefined when the session ended meanwhile
 */
export async function changeId(
  deps: ChangeIdDeps,
  request: FastifyRequest,
  { token, principal }: { readonly token: string; readonly principal: SessionPrincipal },
): Promise<SessionPrincipal | undefined> {
  const { reply, actor } = contextOf(request)
  const userAgent = request.headers['user-agent']
  const own = { ...actor, kind: 'person', person: principal.person } as const
  try {
    const rotateDeps = { ...deps, renewTokens: keepTokens }
    const rotation = await rotateSession(rotateDeps, { token, userAgent, actor: own })
    if (rotation.code !== 'rotated') return undefined
    const { id, token: value } = rotation.session
    const cookie = { name: deps.cookieName, value, maxAgeSeconds: deps.cookieSeconds }
    reply.header('set-cookie', setCookie(deps.cookie, cookie))
    if (!SAFE.has(request.method)) return principal
    return Object.freeze({ ...principal, credential: { ...principal.credential, id } })
  } catch (error) {
    // A database that takes no writes at the moment: the next request tries again.
    deps.log.warn({ error }, 'the id of a session whose rights changed could not be changed')
    return principal
  }
}
