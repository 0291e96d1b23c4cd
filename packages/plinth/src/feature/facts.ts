import type { RouteOptions } from 'fastify'
import type { z } from 'zod'
import type { Access, StepUp } from '../access/index.ts'
import type { Problem } from '../kernel/index.ts'
import type { RouteAlias } from './alias.ts'
import { tellDeclared } from './declared.ts'
import type { RouteLimit } from './route-limit.ts'
import { requireLimit } from './route-limit.ts'

/** Whether a route needs a tenant: a missing one is 400, may be absent, or is never looked for. */
export type TenantDemand = 'required' | 'optional' | 'none'

/** Schemas of a route, as declared. */
export interface RouteSchemas {
  readonly params?: z.core.$ZodType
  readonly query?: z.core.$ZodType
  readonly headers?: z.core.$ZodType
  readonly body?: z.core.$ZodType
  readonly returns?: z.core.$ZodType
}

/** Everything the house knows of a route beside Fastify's own options. */
export interface RouteFacts {
  /** `api` answers JSON, `page` answers HTML, `foreign` is a plugin's own. */
  readonly kind: 'api' | 'page' | 'foreign'
  readonly access: Access
  readonly tenant: TenantDemand
  readonly status: number
  readonly raises: readonly Problem[]
  readonly summary?: string | undefined
  readonly hidden: boolean
  /** The credential is not looked at: probes and assets answer without it. */
  readonly anonymous: boolean
  /** A token or key that is worth nothing is answered as none is. */
  readonly answersNobody?: boolean
  /** Origin and CSRF header are demanded even when no session cookie arrives. */
  readonly browserOnly: boolean
  /** A cookie that counts on this route alone: where it arrives, Origin and CSRF header are demanded. */
  readonly browserCookie?: string | undefined
  /** How recent and how strong the sign-in must be. */
  readonly stepUp?: StepUp | undefined
  /** A browser that a page of another, unlisted site sent here is refused, also when by a link. */
  readonly ownSitesOnly: boolean
  /** Query fields are taken as they come, whatever they hold: what is wrong with one is the route's to say. */
  readonly anyQuery: boolean
  /** The body is a form, and JSON is refused: what a specification of others fixes so. */
  readonly takesForm: boolean
  /** The same request under the same `Idempotency-Key` is carried out once. */
  readonly idempotent: boolean
  /** Whoever has the answer already gets 304. */
  readonly tagged?: boolean
  /** How often it may be called beyond the limits that hold everywhere. */
  readonly limit?: RouteLimit | undefined
  /** Where it answers too while `app.compat` says so. */
  readonly alias?: RouteAlias | undefined
  readonly schemas: RouteSchemas
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call a route that was registered by hand. */
    access?: Access
    /** How often such a route may be called. */
    limit?: RouteLimit
    /** Put there by `route()`, `page()` and `mount()`. */
    facts?: RouteFacts
  }
}

/** Attaches facts to Fastify's route options. */
export function withFacts(options: RouteOptions, facts: RouteFacts): RouteOptions {
  tellDeclared(facts)
  return { ...options, config: { ...options.config, access: facts.access, facts } }
}

/** The facts of a route; one registered by hand gets them from its `config.access`. */
export function factsOf(options: Pick<RouteOptions, 'config'>): RouteFacts | undefined {
  const { facts, access, limit } = options.config ?? {}
  return facts ?? (access && foreignFacts(access, limit))
}

/** The facts of a route that brings an access rule and nothing else of ours. */
export function foreignFacts(access: Access, limit?: RouteLimit): RouteFacts {
  return {
    kind: 'foreign',
    access,
    tenant: 'optional',
    status: 200,
    raises: [],
    hidden: true,
    anonymous: false,
    browserOnly: false,
    ownSitesOnly: false,
    anyQuery: false,
    takesForm: false,
    idempotent: false,
    limit: requireLimit(limit),
    schemas: {},
  }
}
