import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access, Actor, OpenAccess, Placement, Principal } from '../access/index.ts'
import type { Db } from '../data/index.ts'

/** A logger that carries the request id. */
export interface Log {
  info(facts: object, message?: string): void
  warn(facts: object, message?: string): void
  error(facts: object, message?: string): void
}

/** What a handler gets: one typed argument, nothing ambient. */
export interface Context {
  /** The data of the request's tenant. Throws `tenant.required` where there is none. */
  readonly db: Db
  readonly principal: Principal | undefined
  /** Where the principal stands: tenant and permissions; undefined without a tenant. */
  readonly placement: Placement | undefined
  /** Who the audit log names. */
  readonly actor: Actor
  /** CSRF token of a cookie principal, null for anyone else. */
  readonly csrfToken: string | null
  /** Nonce of this answer's Content-Security-Policy. */
  readonly nonce: string
  readonly log: Log
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** Aborts when the client is gone or the server drains. */
  readonly signal: AbortSignal
}

/** The context of a route: anyone but `open` has a principal. */
export type ContextFor<A extends Access> = A extends OpenAccess
  ? Context
  : Omit<Context, 'principal'> & { readonly principal: Principal }

// On the request itself: a WeakMap with an entry for each request keeps the garbage collector busy.
const slot = Symbol('plinth.context')
type Carrier = { [slot]?: Context }

/** Called once for each request by the HTTP room. */
export function setContext(request: FastifyRequest, context: Context): void {
  ;(request as Carrier)[slot] = context
}

/**
 * The context of a request, for foreign plugins under `mount()`.
 * @throws TypeError for a request that Plinth does not guard
 */
export function contextOf(request: FastifyRequest): Context {
  const context = (request as Carrier)[slot]
  if (context === undefined) throw new TypeError('this request is not served by Plinth')
  return context
}
