import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../access/index.ts'
import type { RouteFacts } from '../feature/index.ts'
import { factsOf, setContext } from '../feature/index.ts'
import { AppError, isPromised, newId, whenThere } from '../kernel/index.ts'
import { createCors } from './answers/cors.ts'
import { headersFor } from './answers/headers.ts'
import { RequestContext } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { createCsrf } from './guard/csrf.ts'
import { principalOf } from './guard/found.ts'
import { guard } from './guard/guard.ts'
import { originsOf } from './guard/origin.ts'
import type { Shown } from './guard/shown.ts'
import { createShown, NOTHING_SHOWN } from './guard/shown.ts'
import { clientAddress, trustedProxies } from './limits/client-address.ts'
import { hygieneFault } from './limits/hygiene.ts'
import type { CountedVisit, Visit } from './limits/rate/index.ts'
import { setVisit, visitOf } from './limits/rate/index.ts'
import { mountedFacts } from './route-rule.ts'

/** The onRequest hook through which every request comes. */
export type Door = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void

/** Context, hygiene, headers, limits, then the guard. Waits for nothing that is in memory. */
export function createDoor(deps: HttpDeps): Door {
  const pass = createPassage(deps)
  return (request, reply, done) => {
    let passing: void | Promise<void>
    try {
      passing = pass(request, reply)
    } catch (error) {
      done(refusedWith(request, error))
      return
    }
    if (passing === undefined) done()
    else
      passing.then(
        () => done(),
        (error: unknown) => done(refusedWith(request, error)),
      )
  }
}

/** Whoever is refused before they are known is told of their limits too. */
function refusedWith(request: FastifyRequest, thrown: unknown): Error {
  visitOf(request)?.tell()
  return failureOf(thrown)
}

/** Fastify takes a failure that is `undefined` for none, and somebody else's identity may throw just that. */
function failureOf(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('what was thrown is no error', { cause: thrown })
}

function createPassage(deps: HttpDeps) {
  const csrf = createCsrf(deps.csrfSecret)
  const proxies = trustedProxies(deps.trustedProxies)
  const origins = originsOf(deps.baseUrl, deps.cors.origins)
  const allowOrigin = createCors(deps.cors, origins)
  const headers = headersFor(deps)
  const limits = {
    urlLimitBytes: deps.settings.url_limit_bytes,
    maxHeaders: deps.settings.max_headers,
  }
  const shownIn = createShown(deps.sessionCookie)
  const guardDeps = {
    csrf,
    origins,
    authenticate: (request: FastifyRequest) => authenticateCounted(deps, request),
    placeInTenant: deps.placeInTenant,
    clock: deps.clock,
  }
  const contextDeps = { log: deps.log, csrfTokenFor: csrf.tokenFor, dbFor: deps.dbFor }

  return (request: FastifyRequest, reply: FastifyReply): void | Promise<void> => {
    const { url: route, config } = request.routeOptions
    const facts = factsOf({ config }) ?? mountedFacts(request.server)
    if (facts === undefined && !request.is404) return // a route that was there before us
    const context = new RequestContext(
      contextDeps,
      { request, reply },
      {
        requestId: requestIdOf(request),
        route,
        clientAddress: clientAddress(request.socket.remoteAddress, forwardedFor(request), proxies),
        startedAt: deps.clock.monotonic(),
      },
    )
    setContext(request, context)
    reply.headers(headers)
    reply.header('x-request-id', context.requestId)
    allowOrigin(request, reply)
    const fault = hygieneFault(request.raw, limits, facts?.anyQuery ?? false)
    if (fault !== undefined) throw fault
    const shown = facts?.anonymous === false ? shownIn(request.headers) : NOTHING_SHOWN
    const visit = deps.rateLimiter.visit(visitFrom(context, facts, shown))
    setVisit(request, visit)
    return whenThere(visit.arrive(), () => facts && guard(guardDeps, context, { facts, shown }))
  }
}

/** What limits are told of a request. */
function visitFrom(
  { request, reply, clientAddress, route }: RequestContext,
  facts: RouteFacts | undefined,
  { bearer, key, session }: Shown,
): Visit {
  const carries = bearer || key ? 'header' : session ? 'cookie' : undefined
  return { request, reply, clientAddress, facts, url: route, carries }
}

type Found = Principal | undefined

/** Finds the principal, and counts the request as theirs: also when there is none, or it throws. */
function authenticateCounted(
  { authenticate }: Pick<HttpDeps, 'authenticate'>,
  request: FastifyRequest,
): Found | Promise<Found> {
  const visit = visitOf(request)
  try {
    const found = authenticate(request)
    if (isPromised(found)) return countLater(visit, found)
    const principal = principalOf(found)
    const counting = visit?.recognise(principal)
    return isPromised(counting) ? counting.then(() => principal) : principal
  } catch (error) {
    return countFailure(visit, error)
  }
}

async function countLater(
  visit: CountedVisit | undefined,
  promised: PromiseLike<unknown>,
): Promise<Found> {
  try {
    const principal = principalOf(await promised)
    await visit?.recognise(principal)
    return principal
  } catch (error) {
    return countFailure(visit, error)
  }
}

async function countFailure(visit: CountedVisit | undefined, error: unknown): Promise<never> {
  if (error instanceof AppError && error.status === 401) await visit?.recognise(undefined)
  throw error
}

const REQUEST_ID = /^[\w.:-]{1,128}$/

/** The caller's request id when it is harmless in a log, else a fresh one. */
function requestIdOf(request: FastifyRequest): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId<'request'>()
}

function forwardedFor(request: FastifyRequest): string | undefined {
  const value = request.headers['x-forwarded-for']
  return Array.isArray(value) ? value.join(',') : value
}
