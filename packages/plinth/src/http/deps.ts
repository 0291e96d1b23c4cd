import type { FastifyRequest } from 'fastify'
import type { Actor, Placement, Principal } from '../access/index.ts'
import type { Caller, Db } from '../data/index.ts'
import type { Context, Html, Log, TenantDemand } from '../feature/index.ts'
import type { Clock, Id, Secret } from '../kernel/index.ts'
import type { RenderProblem } from './answers/render-problem.ts'
import type { HttpSettings } from './http.settings.ts'
import type { RateLimiter } from './limits/rate/index.ts'

/** Everything that HTTP is given; it knows neither identity nor tenancy nor where data lies. */
export interface HttpDeps {
  readonly settings: HttpSettings
  /** `app.base_url`: own origin, decides HSTS. */
  readonly baseUrl: string
  readonly cors: CorsRules
  /** Addresses and CIDR ranges whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[]
  readonly csrfSecret: Secret
  /** Name of the session cookie; its presence alone makes a request a browser's. */
  readonly sessionCookie: string
  readonly clock: Clock
  readonly log: Log
  /** How often addresses, principals and accounts may ask. */
  readonly rateLimiter: RateLimiter
  /** Finds the principal of the one credential that a request carries. */
  authenticate(request: FastifyRequest): Principal | undefined | Promise<Principal | undefined>
  /** Finds the tenant of a request; undefined when none is named. `demand` is never `none`. */
  placeInTenant(
    request: FastifyRequest,
    principal: Principal,
    demand: TenantDemand,
  ): Placement | undefined | Promise<Placement | undefined>
  dbFor(tenant: Id<'tenant'>, caller: Caller): Db
  /** Called at the end of each request: metrics and the request log. */
  observe(summary: RequestSummary): void
  /**
   * Called for each refused or failed action of a principal, and for a token or a proof of where a
   * request comes from that was refused before anybody was known: the audit log.
   */
  refused(refusal: Refusal): Promise<void>
  /** The service's own form of errors; RFC 9457 without it. */
  readonly renderProblem?: RenderProblem | undefined
  renderPage(page: PageContent): string
  renderProblemPage(page: ProblemPage): string
}

/** Which other origins may call from a browser, and how (`app.cors`). */
export interface CorsRules {
  /** Exact origins; our own needs no entry. */
  readonly origins: readonly string[]
  readonly allow_credentials: boolean
  readonly methods: readonly string[]
  readonly headers: readonly string[]
}

/** What a request came to. */
export interface RequestSummary {
  readonly requestId: string
  readonly method: string
  /** Route template; `(none)` when no route matched. Never the raw URL. */
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly clientAddress: string | null
  readonly person: string | null
}

/** An action that was not carried out. */
export interface Refusal {
  readonly actor: Actor
  readonly tenant: Id<'tenant'> | null
  /** Method and route template. */
  readonly action: string
  readonly outcome: 'denied' | 'failed'
  /** The problem's code; of a token the fault that its answer keeps to itself. */
  readonly reason: string
}

/** A page to be put into the layout. */
export interface PageContent {
  readonly title: string
  readonly content: Html
  readonly context: Context
}

/** A failure shown to a person. */
export interface ProblemPage {
  readonly status: number
  /** Stable name of the problem. */
  readonly code: string
  /** Path and query that failed, to come back to after signing in. */
  readonly returnTo: string
  /** Where to sign in again, when the sign-in is too old or too weak. */
  readonly signIn?: string
  readonly title: string
  readonly sentence: string
  readonly requestId: string
  readonly nonce: string
}
