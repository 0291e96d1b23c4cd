import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PlatformDb } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import type { CookieRule } from './cookie.ts'
import { setCookie } from './cookie.ts'
import { isLiveId } from './sessions.repository.ts'

/** What keeping a browser's cookie as long as its session takes. */
export interface KeepCookieDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly cookie: CookieRule
  readonly cookieName: string
}

/** A session that lasts longer since a request used it. */
export interface Lengthened {
  readonly id: string
  /** As the browser brought it. */
  readonly token: string
  /** When it ends unless it is used again, milliseconds since 1970. */
  readonly untilMs: number
}

/** Gives a browser its cookie once more when its session was lengthened. */
export interface CookieKeeper {
  /** Tells of a session that a request lengthened. */
  lengthened(request: FastifyRequest, session: Lengthened): void
  /** Has each answer to such a request bring the cookie. To be called before routes are registered. */
  install(app: FastifyInstance): void
}

/**
 * The limit of a session slides with its use, and the browser would forget the cookie at the moment that
 * it was told at sign-in (contract 4.2: `app.session_max_age`). So the answer that noted a use says it
 * anew. Not while the request begins but when its answer leaves: a parallel request may have changed the
 * id meanwhile, and a browser that got the old one back would be signed out by it.
 */
export function createCookieKeeper(deps: KeepCookieDeps): CookieKeeper {
  const waiting = new WeakMap<FastifyRequest, Lengthened>()
  return {
    lengthened: (request, session) => void waiting.set(request, session),
    install: (app) => {
      app.addHook('onSend', (request, reply, payload, done) => {
        const session = waiting.get(request)
        if (session === undefined || !mayCarry(deps, reply)) return done(null, payload)
        // Without it the session goes on all the same, and the next use tries again.
        const sent = () => done(null, payload)
        void keep(deps, reply, session).then(sent, sent)
      })
    },
  }
}

/** An answer that others may keep carries no cookie, nor one that changes it anyway. */
function mayCarry({ cookieName }: KeepCookieDeps, reply: FastifyReply): boolean {
  if (/\b(?:public|s-maxage)\b/i.test(String(reply.getHeader('cache-control') ?? ''))) return false
  const set = [reply.getHeader('set-cookie') ?? []].flat().map(String)
  return !set.some((line) => line.startsWith(`${cookieName}=`))
}

async function keep(
  { platform, clock, cookie, cookieName: name }: KeepCookieDeps,
  reply: FastifyReply,
  { id, token: value, untilMs }: Lengthened,
): Promise<void> {
  if (!(await isLiveId(platform, id))) return
  const maxAgeSeconds = Math.ceil((untilMs - clock.now()) / 1_000)
  reply.header('set-cookie', setCookie(cookie, { name, value, maxAgeSeconds }))
}
