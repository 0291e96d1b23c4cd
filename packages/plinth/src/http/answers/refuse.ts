import type { FastifyReply, FastifyRequest } from 'fastify'
import { factsOf } from '../../feature/index.ts'
import type { AppError } from '../../kernel/index.ts'
import type { RequestContext } from '../context.ts'
import { requestContext } from '../context.ts'
import type { HttpDeps } from '../deps.ts'
import { SIGN_IN_AGAIN } from '../guard/step-up.ts'
import { httpProblems } from '../http.errors.ts'
import type { MethodTable } from '../method-table.ts'
import { addChallenge, isBearer } from './challenge.ts'
import { pageHeaders } from './headers.ts'
import { problemBody, toAppError } from './problem.ts'
import { problemWriter } from './render-problem.ts'

/** Turns a thrown value into an answer. */
export type Refuse = (
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<unknown>

/** Answers every thrown error: the log gets the reason, the audit log the fact, the caller a sentence. */
export function createRefuser(deps: HttpDeps, methods: MethodTable): Refuse {
  const write = problemWriter(deps.renderProblem, deps.log)
  return async (thrown, request, reply) => {
    const error = toAppError(thrown)
    const context = requestContext(request)
    logRefusal(deps, error, context)
    await recordRefusal(deps, error, request, context)
    const requestId = context?.requestId ?? ''
    const path = request.url.split('?')[0] ?? ''
    if (error.status === 405) reply.header('allow', methods.at(path).join(', '))
    reply.code(error.status).header('cache-control', 'no-store')
    addChallenge(request, reply, error)
    if (error.retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(error.retryAfterSeconds))
    }
    if (context !== undefined && wantsPage(request)) return problemPage(deps, reply, error, context)
    const { type, text } = write(problemBody(error, path, requestId))
    reply.type(type).serializer(asItIs)
    return text
  }
}

const asItIs = (text: string): string => text

function logRefusal(deps: HttpDeps, error: AppError, context: RequestContext | undefined): void {
  if (error.status < 500 && error.reason === undefined) return
  const facts = { problem: error.code, reason: error.reason, error: error.cause }
  const log = context?.log ?? deps.log
  if (error.status === 500) log.error(facts, 'request failed')
  // Something else is down or full: expected, so that a flood of these buries no stack worth reading.
  else if (error.status > 500) log.warn(facts, 'request failed')
  else log.info({ ...facts, ...whoseRequest(context) }, 'request refused')
}

/** A refusal is often all that is logged of a request: it tells where it came from, and what it wanted. */
function whoseRequest(context: RequestContext | undefined): object {
  if (context === undefined) return {}
  const { request, route = '(none)', clientAddress } = context
  return { method: request.method, path: route, client_ip: clientAddress }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
// Input that misses the schema changed nothing and says nothing about rights. What is too much is
// counted and logged: a flood must not become one of rows in the database.
const UNTOLD = new Set([400, 401, 404, 413, 415, 422, 429, 431])

async function recordRefusal(
  deps: HttpDeps,
  error: AppError,
  request: FastifyRequest,
  context: RequestContext | undefined,
): Promise<void> {
  if (context === undefined) return
  const { actor, placement, principal } = context
  const reason =
    principal === undefined ? reasonForNobody(error, request) : reasonFor(error, request)
  if (reason === undefined) return
  await deps.refused({
    actor,
    tenant: placement?.tenant ?? principal?.tenant ?? null,
    action: `${request.method} ${request.routeOptions.url ?? '(none)'}`,
    outcome: principal === undefined || error.status === 403 ? 'denied' : 'failed',
    reason,
  })
}

/** Why somebody who is known was refused; undefined where that is worth no row. */
function reasonFor({ status, code }: AppError, { method }: FastifyRequest): string | undefined {
  const isTold = !UNTOLD.has(status) && (status === 403 || !SAFE.has(method))
  return isTold ? code : undefined
}

const FORGERIES = new Set([
  httpProblems.csrf.code,
  httpProblems.origin.code,
  httpProblems.crossSite.code,
])
/** A private reason that is a code; a sentence might say more than an audit row may. */
const STABLE = /^[a-z][a-z0-9_]{0,63}$/

/**
 * Before anybody is known two refusals are worth a row: of what another site sent, and of a token. Its
 * answer is one for all of them, so that the row alone tells which it was (JW-60); never the token.
 */
function reasonForNobody(
  { status, code, reason }: AppError,
  request: FastifyRequest,
): string | undefined {
  if (FORGERIES.has(code)) return code
  const isToken = status === 401 && reason !== undefined && carriesToken(request)
  return isToken ? (STABLE.exec(reason)?.[0] ?? code) : undefined
}

/** Whether the guard looked at a bearer token: where nobody is asked for one, none was refused. */
function carriesToken(request: FastifyRequest): boolean {
  const asks = factsOf(request.routeOptions as Parameters<typeof factsOf>[0])?.anonymous === false
  return asks && isBearer(request)
}

/** A person at a browser gets a page, a program gets JSON. */
function wantsPage(request: FastifyRequest): boolean {
  if (request.headers.accept?.split(',')[0]?.trim() !== 'text/html') return false
  // A form that no script sent: a person looks at what comes back, whatever it was sent to.
  if (request.method === 'POST') return request.headers['sec-fetch-mode'] === 'navigate'
  const facts = factsOf(request.routeOptions as Parameters<typeof factsOf>[0])
  if (facts?.kind === 'api' && !request.routeOptions.url?.startsWith('/auth/web/')) return false
  return request.method === 'GET'
}

function problemPage(
  deps: HttpDeps,
  reply: FastifyReply,
  error: AppError,
  context: RequestContext,
): string {
  reply.headers(pageHeaders(context.nonce))
  reply.type('text/html; charset=utf-8').serializer(asItIs)
  const signIn = error.details.find(({ code }) => code === SIGN_IN_AGAIN)?.message
  return deps.renderProblemPage({
    status: error.status,
    code: error.code,
    returnTo: context.request.originalUrl,
    ...(signIn !== undefined && { signIn }),
    title: problemBody(error, '', '').title,
    sentence: error.message,
    requestId: context.requestId,
    nonce: context.nonce,
  })
}
