import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, Placement, Principal } from '../access/index.ts'
import type { Caller, Db, Tx } from '../data/index.ts'
import type { Context, Log } from '../feature/index.ts'
import { contextOf } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { httpProblems } from './http.errors.ts'

/** What all contexts of a server share. */
export interface ContextDeps {
  readonly log: Log
  csrfTokenFor(principal: Principal): string | null
  dbFor(tenant: Id<'tenant'>, caller: Caller): Db
}

/** One request's context. The guard fills it; what costs something is made when first asked for. */
export class RequestContext implements Context {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly requestId: string
  readonly clientAddress: string | null
  readonly startedAt: number
  /** Template of the route; undefined where none matched. */
  readonly route: string | undefined
  principal: Principal | undefined
  placement: Placement | undefined
  readonly #deps: ContextDeps
  #nonce: string | undefined
  #signal: AbortSignal | undefined
  #log: Log | undefined
  #tx: Tx | undefined

  constructor(
    deps: ContextDeps,
    exchange: { request: FastifyRequest; reply: FastifyReply },
    facts: Pick<RequestContext, 'requestId' | 'route' | 'clientAddress' | 'startedAt'>,
  ) {
    this.#deps = deps
    this.request = exchange.request
    this.reply = exchange.reply
    this.requestId = facts.requestId
    this.clientAddress = facts.clientAddress
    this.startedAt = facts.startedAt
    this.route = facts.route
  }

  get db(): Db {
    if (this.#tx !== undefined) return this.#tx
    if (this.placement === undefined) throw httpProblems.tenantRequired()
    return this.#deps.dbFor(this.placement.tenant, this)
  }

  /** Runs `work` with an open transaction in the place of `db`. */
  async within<T>(tx: Tx, work: () => T | Promise<T>): Promise<T> {
    this.#tx = tx
    try {
      return await work()
    } finally {
      this.#tx = undefined
    }
  }

  get actor(): Actor {
    const { principal, clientAddress, requestId } = this
    if (principal === undefined) {
      return { kind: 'anonymous', person: null, clientAddress, requestId }
    }
    const { person, credential } = principal
    const { kind, id } = credential
    return { kind: 'person', person, clientAddress, requestId, credential: { kind, id } }
  }

  get csrfToken(): string | null {
    return this.principal === undefined ? null : this.#deps.csrfTokenFor(this.principal)
  }

  get nonce(): string {
    this.#nonce ??= randomBytes(16).toString('base64')
    return this.#nonce
  }

  get log(): Log {
    this.#log ??= withRequestId(this.#deps.log, this.requestId)
    return this.#log
  }

  get signal(): AbortSignal {
    this.#signal ??= abortOnClose(this.reply)
    return this.#signal
  }
}

function withRequestId(log: Log, requestId: string): Log {
  return {
    info: (facts, message) => log.info({ request_id: requestId, ...facts }, message),
    warn: (facts, message) => log.warn({ request_id: requestId, ...facts }, message),
    error: (facts, message) => log.error({ request_id: requestId, ...facts }, message),
  }
}

function abortOnClose(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the client is gone'))
  })
  return controller.signal
}

/** The context of a guarded request; undefined for one outside the guard. */
export function requestContext(request: FastifyRequest): RequestContext | undefined {
  try {
    const context = contextOf(request)
    return context instanceof RequestContext ? context : undefined
  } catch {
    return undefined
  }
}
