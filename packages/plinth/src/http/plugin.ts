import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RouteOptions,
} from 'fastify'
import type { RouteFacts } from '../feature/index.ts'
import { PageAnswer } from '../feature/index.ts'
import { AppError } from '../kernel/index.ts'
import { serializerCompiler, validatorCompiler } from './answers/compilers.ts'
import { sendPage } from './answers/page.ts'
import type { Refuse } from './answers/refuse.ts'
import { createRefuser } from './answers/refuse.ts'
import type { CensusEntry } from './census.ts'
import { requestContext } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { createDoor } from './door.ts'
import { answerOnce } from './idempotency/answer-once.ts'
import type { MethodTable } from './method-table.ts'
import { createMethodTable } from './method-table.ts'
import { ruleOf } from './route-rule.ts'

/** What registering the guard gives back. */
export interface Guarded {
  /** Every route that the guard has seen. */
  readonly census: readonly CensusEntry[]
  /** Every method of every path. */
  readonly methods: MethodTable
}

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

function summarise(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply) {
  const context = requestContext(request)
  return {
    requestId: context?.requestId ?? '',
    method: request.method,
    path: (context === undefined ? request.routeOptions.url : context.route) ?? '(none)',
    status: reply.statusCode,
    durationMs: context === undefined ? 0 : deps.clock.monotonic() - context.startedAt,
    clientAddress: context?.clientAddress ?? null,
    person: context?.principal?.person ?? null,
  }
}
