import type { FastifyRequest, HTTPMethods, RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Access, StepUp } from '../access/index.ts'
import { requireStepUp } from '../access/index.ts'
import type { Problem } from '../kernel/index.ts'
import type { RouteAlias } from './alias.ts'
import { requireAlias } from './alias.ts'
import type { ContextFor } from './context.ts'
import { contextOf } from './context.ts'
import type { TenantDemand } from './facts.ts'
import { withFacts } from './facts.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { querySchema } from './query-schema.ts'
import type { RouteLimit } from './route-limit.ts'
import { requireLimit } from './route-limit.ts'
import { hasAlready, sendNotModified } from './tagged-answer.ts'

/** A set of named schemas: the fields of params, query or headers. */
export type Fields = { readonly [name: string]: z.core.$ZodType }
type Output<F extends Fields> = { readonly [K in keyof F]: z.output<F[K]> }

/** What a route declares beside its method and path. */
export interface RouteSpec<
  A extends Access,
  P extends Fields,
  Q extends Fields,
  H extends Fields,
  B extends z.core.$ZodType,
  R extends z.core.$ZodType,
> {
  /** Who may call it. */
  readonly access: A
  /** Whether a tenant must be known; `required` by default when a permission is asked for. */
  readonly tenant?: TenantDemand
  readonly params?: P
  /** Query fields; any other is refused with 422. */
  readonly query?: Q
  /** Takes query fields that are not declared and drops them: an OpenID provider adds its own. */
  readonly otherQueryIgnored?: boolean
  /** Says to the caller why there is no query field of a name; one sentence. */
  readonly whyNoQuery?: (name: string) => string
  /**
   * Takes a query that holds NUL or cannot be decoded, which is a 400 everywhere else: for routes
   * whose standard says how each field is answered, and that give none of them to the database.
   */
  readonly anyQuery?: boolean
  /** Request headers by lower-case name; others are ignored. */
  readonly headers?: H
  readonly body?: B
  /** What it answers. Fields that are not declared are not sent. */
  readonly returns?: R
  /** 200 by default, 204 when nothing is returned. */
  readonly status?: number
  /** The problems it may answer, for OpenAPI and the typed client. */
  readonly raises?: readonly Problem[]
  /** One sentence for the API documents. */
  readonly summary?: string
  /** Leaves the route out of OpenAPI. */
  readonly hidden?: boolean
  /** For `open` routes that must answer without looking at the credential: probes, assets. */
  readonly anonymous?: boolean
  /** For `open` routes whose answer says who is signed in: a token or key worth nothing is nobody's, not a 401. */
  readonly answersNobody?: boolean
  /** Demands Origin and CSRF header even when no session cookie arrives: sign-out, refresh. */
  readonly browserOnly?: boolean
  /**
   * Name of a cookie that counts on this route alone. A request that carries it must come from our own
   * pages, with a CSRF header whose value is the handler's to check; also where `anonymous` is set.
   */
  readonly browserCookie?: string
  /** How recent and how strong the sign-in must be; else 401 with the way to sign in again. */
  readonly stepUp?: StepUp
  /**
   * Refuses a browser that a page of another site sent here, by a link too, unless that site is
   * listed in `app.cors.origins`: for a GET that begins something, such as sign-in (Fetch Metadata).
   */
  readonly ownSitesOnly?: boolean
  /**
   * Takes the body as `application/x-www-form-urlencoded` and as nothing else, for callers whose
   * specification fixes that. Only where no session cookie counts: a page of any site can send one.
   */
  readonly takesForm?: boolean
  /**
   * Takes the header `Idempotency-Key`: the same request under the same key is carried out once and
   * answered alike each time. The handler's `db` is then one transaction, which the answer joins.
   */
  readonly idempotent?: boolean
  /**
   * The handler gives its answer an ETag that moves with everything in it: whoever has that answer
   * already, and says so in `If-None-Match`, gets 304 instead of it.
   */
  readonly tagged?: boolean
  /** How often it may be called; the limits of addresses and principals hold beside it. */
  readonly limit?: RouteLimit
  /** Where it answers too while `app.compat` says so; left out of the API documents. */
  readonly alias?: RouteAlias
  /** Largest body in bytes; 1 MiB by default. */
  readonly bodyLimitBytes?: number
  readonly handle: (
    context: ContextFor<A> & {
      readonly params: Output<P>
      readonly query: Output<Q>
      readonly headers: Output<H>
      readonly body: z.output<B>
    },
  ) => Promise<z.input<R>> | z.input<R>
}

type Path = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`

/**
 * Declares one route and returns Fastify's own RouteOptions: register it anywhere.
 * @param path method and path: `POST /products/:id/restock`
 * @throws TypeError when the path is not `METHOD /path`
 */
export function route<
  A extends Access,
  P extends Fields = Record<never, never>,
  Q extends Fields = Record<never, never>,
  H extends Fields = Record<never, never>,
  B extends z.core.$ZodType = z.ZodUndefined,
  R extends z.core.$ZodType = z.ZodVoid,
>(path: Path, spec: RouteSpec<A, P, Q, H, B, R>): RouteOptions {
  const [method, url] = splitPath(path)
  const handle = spec.handle as (context: unknown) => unknown
  const tagged = spec.tagged ?? false
  const status = spec.status ?? (spec.returns === undefined ? 204 : 200)
  return withFacts(
    {
      method,
      url,
      handler: async (request, reply) => {
        reply.code(status)
        const answer = await handle(inputOf(request))
        if (reply.sent) return reply
        if (tagged && hasAlready(request, reply)) return sendNotModified(reply)
        return answer
      },
      ...(spec.bodyLimitBytes === undefined ? {} : { bodyLimit: spec.bodyLimitBytes }),
    },
    {
      kind: 'api',
      access: spec.access,
      tenant: spec.tenant ?? (spec.access.kind === 'can' ? 'required' : 'optional'),
      status,
      raises: spec.raises ?? [],
      summary: spec.summary,
      hidden: spec.hidden ?? false,
      anonymous: spec.anonymous ?? false,
      answersNobody: spec.answersNobody ?? false,
      browserOnly: spec.browserOnly ?? false,
      browserCookie: spec.browserCookie,
      stepUp: stepUpOf(spec),
      ownSitesOnly: spec.ownSitesOnly ?? false,
      anyQuery: spec.anyQuery ?? false,
      takesForm: spec.takesForm ?? false,
      idempotent: spec.idempotent ?? false,
      tagged,
      limit: requireLimit(spec.limit),
      alias: requireAlias(url, spec.alias),
      schemas: {
        ...(spec.params && { params: z.strictObject(spec.params) }),
        query: querySchema(spec),
        ...headersOf(spec),
        ...(spec.body && { body: spec.body }),
        ...(spec.returns && { returns: spec.returns }),
      },
    },
  )
}

function headersOf({ headers, idempotent }: { headers?: Fields; idempotent?: boolean }): {
  readonly headers?: z.core.$ZodType
} {
  if (headers === undefined && idempotent !== true) return {}
  return { headers: z.object({ ...headers, ...(idempotent && idempotencyKey) }) }
}

/**
 * The demand that a route or page declares.
 * @throws TypeError for one that cannot be met, or stands on a route that asks nobody to sign in
 */
export function stepUpOf(spec: {
  readonly access: Access
  readonly stepUp?: StepUp
}): StepUp | undefined {
  if (spec.stepUp === undefined) return undefined
  if (spec.access.kind === 'open')
    throw new TypeError('stepUp needs access: signedIn() or a permission')
  return requireStepUp(spec.stepUp)
}

function splitPath(path: string): [HTTPMethods, string] {
  const [, method, url] = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/.exec(path) ?? []
  if (method === undefined || url === undefined) {
    throw new TypeError(`route("${path}") must be "METHOD /path", for example "GET /products/:id"`)
  }
  return [method as HTTPMethods, url]
}

/** The request's own context with its validated input; the context belongs to this one request. */
function inputOf(request: FastifyRequest): object {
  const { params, query, headers, body } = request
  return Object.assign(contextOf(request), { params, query, headers, body })
}
