import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson } from '../../access/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { rememberedCookieName } from '../own-cookies.ts'
import { clearCookie, tokenCookie } from './cookie.ts'
import { forgetPerson } from './forget-person.ts'
import { isoTime } from './iso-time.ts'
import { listOwnSessions } from './own-sessions.repository.ts'
import type { Revocation, Revoker } from './revoke-sessions.ts'
import { revokeOthers, revokeSession } from './revoke-sessions.ts'
import { isSessionPrincipal } from './session.ts'

const session = z.object({
  id: z.uuid(),
  status: z.enum(['active', 'revoked', 'expired']),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  created_at: z.string().describe('When the person signed in.'),
  last_seen_at: z.string().describe('Noted once a minute.'),
  expires_at: z.string(),
  is_current: z.boolean(),
})
const revoked = z.object({ revoked_at: z.string(), revoked_count: z.int() })
const { invalidSession, unknownSession, sessionRevoked } = identityProblems

/** Seconds after a sign-in in which a person may end sessions (ASVS 7.5.2). */
const stepUp = { maxAgeSeconds: 900 }

type SignedInContext = ContextFor<ReturnType<typeof inPerson>>

/** `GET /auth/sessions`, `DELETE /auth/sessions` and `DELETE /auth/sessions/{id}` (contract 6, D23). */
export function ownSessionRoutes(identity: Identity): readonly RouteOptions[] {
  const list = route('GET /auth/sessions', {
    access: inPerson(),
    tenant: 'none',
    summary: 'Where the person is signed in.',
    returns: z.object({ sessions: z.array(session), total: z.int() }),
    raises: [invalidSession],
    handle: async (context) => {
      const { person, session: current } = ownSession(context)
      const now = isoTime(identity.clock.now())
      const asked = { current, now }
      const { sessions, total } = await listOwnSessions(identity.platform, person, asked)
      return { sessions: [...sessions], total }
    },
  })
  const others = route('DELETE /auth/sessions', {
    access: inPerson(),
    tenant: 'none',
    stepUp,
    summary: 'Signs the person out everywhere else.',
    returns: revoked,
    raises: [invalidSession],
    handle: async (context) => {
      const { cookie } = context.request.headers
      const device = tokenCookie(cookie, rememberedCookieName(identity))
      const by = { ...revoker(context), device }
      return answer(identity, context, await revokeOthers(revoking(identity), by))
    },
  })
  const one = route('DELETE /auth/sessions/:id', {
    access: inPerson(),
    tenant: 'none',
    stepUp,
    summary: 'Ends one of the person’s sessions.',
    params: { id: z.uuid() },
    returns: revoked,
    raises: [invalidSession, unknownSession, sessionRevoked],
    handle: async (context) => {
      const by = revoker(context)
      return answer(
        identity,
        context,
        await revokeSession(revoking(identity), by, context.params.id),
      )
    },
  })
  return [list, others, one]
}

function revoking({ platform, mint }: Identity) {
  return { platform, sessions: mint }
}

function revoker(context: SignedInContext): Revoker {
  const { principal, actor } = context
  if (isSessionPrincipal(principal) && !principal.browserMatches) throw invalidSession()
  return { ...ownSession(context), actor }
}

/** The session of whoever signed in, by a cookie or for tokens. */
function ownSession({ principal: { person, credential } }: SignedInContext) {
  // That there is one, access has seen to: this is the second look.
  if (credential.session === undefined) throw invalidSession()
  return { person, session: credential.session }
}

function answer(identity: Identity, context: SignedInContext, revocation: Revocation) {
  if (revocation.code === 'not_live') throw invalidSession()
  if (revocation.code === 'unknown') throw unknownSession()
  if (revocation.code === 'already') throw sessionRevoked()
  forgetPerson(identity, context.principal.person)
  if (revocation.isCurrent && isSessionPrincipal(context.principal)) {
    context.reply.header('set-cookie', clearCookie(identity.cookie, identity.cookieName))
  }
  return { revoked_at: revocation.at, revoked_count: revocation.count }
}
