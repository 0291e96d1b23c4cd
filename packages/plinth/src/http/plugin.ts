import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RouteOptions,
} from 'fastify'
import type { Principal } from '../access/index.ts'
import type { RouteFacts } from '../feature/index.ts'
import { factsOf, PageAnswer, setContext } from '../feature/index.ts'
import { AppError, newId } from '../kernel/index.ts'
import { serializerCompiler, validatorCompiler } from './answers/compilers.ts'
import { createCors } from './answers/cors.ts'
import { headersFor } from './answers/headers.ts'
import { sendPage } from './answers/page.ts'
import type { Refuse } from './answers/refuse.ts'
import { createRefuser } from './answers/refuse.ts'
import type { CensusEntry } from './census.ts'
import { RequestContext, requestContext } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { createCsrf } from './guard/csrf.ts'
import { principalOf } from './guard/found.ts'
import type { GuardDeps } from './guard/guard.ts'
import { guard } from './guard/guard.ts'
import { originsOf } from './guard/origin.ts'
import { answerOnce } from './idempotency/answer-once.ts'
import { clientAddress, trustedProxies } from './limits/client-address.ts'
import { hygieneFault } from './limits/hygiene.ts'
import type { Visit } from './limits/rate/index.ts'
import { setVisit, visitOf } from './limits/rate/index.ts'
import type { MethodTable } from './method-table.ts'
import { createMethodTable } from './method-table.ts'
import { mountedFacts, ruleOf } from './route-rule.ts'

/** What registering the guard gives back. */
export interface Guarded {
  /** Every route that the guard has seen. */
  readonly census: readonly CensusEntry[]
  /** Every method of every path. */
  readonly methods: MethodTable
}

const REQUEST_ID = /^[\w.:-]{1,128}$/
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * Puts the guard on a Fastify instance: from here on a route without access does not register,
 * and a guarded request passes the steps of docs/lifecycle.md in order.
 */
export function installGuard(app: FastifyInstance, deps: HttpDeps): Guarded {
  const census: CensusEntry[] = []
  const methods = createMethodTable()
  const refuse = createRefuser(deps, methods)
  app.addHook('onRoute', function (options) {
    const facts = ruleOf(this, options)
    options.config = { ...options.config, access: facts.access, facts }
    complete(options, facts, { refuse, idempotencyHours: deps.settings.idempotency_hours })
    for (const method of [options.method].flat()) {
      if (options.url !== '*') methods.add(method, options.url)
      if (KNOWN_METHODS.has(method) && method !== 'HEAD')
        census.push({ method, url: options.url, facts })
    }
  })
  app.addHook('onRequest', createDoor(deps))
  app.addHook('onResponse', (request, reply, done) => {
    deps.observe(summarise(deps, request, reply))
    done()
  })
  app.addHook('preSerialization', (_request, reply, payload, done) => {
    done(null, payload instanceof PageAnswer ? sendPage(deps, reply, payload) : payload)
  })
  return { census, methods }
}

interface Completion {
  readonly refuse: Refuse
  readonly idempotencyHours: number
}

/** Completes a route with what it declares: schemas, status, error handling. */
function complete(
  options: RouteOptions,
  facts: RouteFacts,
  { refuse, idempotencyHours }: Completion,
): void {
  if (facts.idempotent) options.handler = answerOnce(options.handler, idempotencyHours)
  if (facts.kind === 'foreign') {
    options.errorHandler ??= (error, request, reply) => refuseOwn(refuse, error, request, reply)
    return
  }
  options.errorHandler ??= refuse
  const { params, query, headers, body, returns } = facts.schemas
  options.schema = {
    ...options.schema,
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(headers && { headers }),
    ...(body && { body }),
    ...(returns && { response: { [facts.status]: returns } }),
  }
  options.validatorCompiler ??= validatorCompiler as NonNullable<RouteOptions['validatorCompiler']>
  options.serializerCompiler ??= serializerCompiler as NonNullable<
    RouteOptions['serializerCompiler']
  >
}

/** A foreign plugin keeps its own error handler; only what the guard refused is answered by us. */
async function refuseOwn(
  refuse: Refuse,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  if (error instanceof AppError) return refuse(error, request, reply)
  throw error
}

/** The onRequest hook: context, hygiene, headers, then the guard. */
function createDoor(deps: HttpDeps) {
  const csrf = createCsrf(deps.csrfSecret)
  const proxies = trustedProxies(deps.trustedProxies)
  const origins = originsOf(deps.baseUrl, deps.cors.origins)
  const allowOrigin = createCors(deps.cors, origins)
  const headers = headersFor(deps)
  const limits = {
    urlLimitBytes: deps.settings.url_limit_bytes,
    maxHeaders: deps.settings.max_headers,
  }
  const cookie = new RegExp(`(?:^|[;,\\s])${deps.sessionCookie}\\s*=`)
  const guardDeps = {
    csrf,
    origins,
    carriesSession: (header: string | undefined) => header !== undefined && cookie.test(header),
    authenticate: (request: FastifyRequest) => authenticateCounted(deps, request),
    placeInTenant: deps.placeInTenant,
    clock: deps.clock,
  }
  const contextDeps = { log: deps.log, csrfTokenFor: csrf.tokenFor, dbFor: deps.dbFor }

  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const facts =
      factsOf(request.routeOptions as Pick<RouteOptions, 'config'>) ?? mountedFacts(request.server)
    if (facts === undefined && !request.is404) return // a route that was there before us
    const context = new RequestContext(
      contextDeps,
      { request, reply },
      {
        requestId: requestIdOf(request),
        clientAddress: clientAddress(request.socket.remoteAddress, forwardedFor(request), proxies),
        startedAt: deps.clock.monotonic(),
      },
    )
    setContext(request, context)
    reply.headers(headers)
    reply.header('x-request-id', context.requestId)
    allowOrigin(request, reply)
    const fault = hygieneFault(request.raw, {
      ...limits,
      anyQuery: facts?.anyQuery ?? false,
    })
    if (fault !== undefined) throw fault
    const visit = deps.rateLimiter.visit(visitFrom(context, facts, guardDeps))
    setVisit(request, visit)
    const arrival = visit.arrive()
    // Counters in this process answer at once: no turn of the loop is spent on them.
    if (arrival !== undefined) await arrival
    if (facts !== undefined) await guard(guardDeps, context, facts)
  }
}

/** What limits are told of a request. */
function visitFrom(
  { request, reply, clientAddress }: RequestContext,
  facts: RouteFacts | undefined,
  { carriesSession }: Pick<GuardDeps, 'carriesSession'>,
): Visit {
  const { authorization, cookie } = request.headers
  const header = authorization !== undefined || request.headers['x-api-key'] !== undefined
  const asked = facts !== undefined && !facts.anonymous
  const carries = header ? 'header' : carriesSession(cookie) ? 'cookie' : undefined
  return {
    request,
    reply,
    clientAddress,
    facts,
    url: request.routeOptions.url,
    carries: asked ? carries : undefined,
  }
}

/** Finds the principal, and counts the request as theirs: also when there is none, or it throws. */
async function authenticateCounted(
  deps: Pick<HttpDeps, 'authenticate'>,
  request: FastifyRequest,
): Promise<Principal | undefined> {
  const visit = visitOf(request)
  try {
    const principal = principalOf(await deps.authenticate(request))
    await visit?.recognise(principal)
    return principal
  } catch (error) {
    if (error instanceof AppError && error.status === 401) await visit?.recognise(undefined)
    throw error
  }
}

/** The caller's request id when it is harmless in a log, else a fresh one. */
function requestIdOf(request: FastifyRequest): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId<'request'>()
}

function forwardedFor(request: FastifyRequest): string | undefined {
  const value = request.headers['x-forwarded-for']
  return Array.isArray(value) ? value.join(',') : value
}

function summarise(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply) {
  const context = requestContext(request)
  return {
    requestId: context?.requestId ?? '',
    method: request.method,
    path: request.routeOptions.url ?? '(none)',
    status: reply.statusCode,
    durationMs: context === undefined ? 0 : deps.clock.monotonic() - context.startedAt,
    clientAddress: context?.clientAddress ?? null,
    person: context?.principal?.person ?? null,
  }
}
