import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { Tx } from '../../data/index.ts'
import { hashToken } from '../../kernel/index.ts'
import type { RequestContext } from '../context.ts'
import { requestContext } from '../context.ts'
import { httpProblems } from '../http.errors.ts'
import type { KeptAnswer, KeyedRequest } from './kept-answers.ts'
import { claimKey, keepAnswer } from './kept-answers.ts'

/** Headers of an answer that its repetition carries too. */
const KEPT_HEADERS = ['location', 'etag'] as const

/**
 * Wraps the handler of a route that takes `Idempotency-Key`: change and answer commit together, and
 * the next request under that key gets the same answer. What was refused or failed is not kept:
 * nothing has happened then, and the request may be sent again.
 * @param hours how long an answer is kept
 */
export function answerOnce(handler: RouteHandlerMethod, hours: number): RouteHandlerMethod {
  return async function (request, reply) {
    const key = request.headers['idempotency-key']
    const context = requestContext(request)
    if (typeof key !== 'string' || context === undefined) {
      return handler.call(this, request, reply)
    }
    const keyed = keyedRequest(request, context, key)
    return context.db.transaction(async (tx) => {
      const state = await claimKey(tx, keyed)
      switch (state.code) {
        case 'in_flight':
          throw httpProblems.keyInFlight()
        case 'other_request':
          throw httpProblems.keyReused()
        case 'answered':
          return repeat(reply, state.answer)
        case 'new': {
          const answer = await context.within(tx, () => handler.call(this, request, reply))
          await keep(tx, keyed, { reply, answer, hours })
          return answer
        }
      }
    })
  }
}

/**
 * A key belongs to the caller who chose it, and to this method and address. The programs of one owner
 * may do different things, so each has its own; a person has theirs in every session.
 */
function keyedRequest(
  { method, url, body }: FastifyRequest,
  { principal, db }: RequestContext,
  key: string,
): KeyedRequest {
  const { person = null, credential } = principal ?? {}
  const owner = [db.tenant, person, credential?.family ?? null, method, url, key]
  return {
    keyHash: hashToken('idempotency', JSON.stringify(owner)),
    requestHash: hashToken('idempotency', JSON.stringify(body ?? null)),
  }
}

async function keep(
  tx: Tx,
  keyed: KeyedRequest,
  { reply, answer, hours }: { reply: FastifyReply; answer: unknown; hours: number },
): Promise<void> {
  if (reply.sent) throw new TypeError('an idempotent route returns its answer; it does not send it')
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name)
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const body = answer === undefined ? null : JSON.stringify(answer)
  const kept = { status: reply.statusCode, headers: Object.fromEntries(headers), body, hours }
  await keepAnswer(tx, keyed, kept)
}

function repeat(reply: FastifyReply, { status, headers, body }: KeptAnswer): unknown {
  reply.code(status).headers(headers)
  return body === null ? undefined : JSON.parse(body)
}
