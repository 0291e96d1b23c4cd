import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Access, StepUp } from '../access/index.ts'
import type { Context, ContextFor } from './context.ts'
import { contextOf } from './context.ts'
import type { TenantDemand } from './facts.ts'
import { withFacts } from './facts.ts'
import type { Html } from './html.ts'
import { stepUpOf } from './route.ts'
import type { RouteLimit } from './route-limit.ts'
import { requireLimit } from './route-limit.ts'

/** What a page declares. */
export interface PageSpec<A extends Access> {
  readonly access: A
  /** Title in the browser's tab. */
  readonly title: string
  readonly tenant?: TenantDemand
  /** Query fields; any other is ignored, as people share links with additions. */
  readonly query?: { readonly [name: string]: z.core.$ZodType }
  /** Whether the page itself deals with a query that holds NUL or cannot be decoded; refused else. */
  readonly anyQuery?: boolean
  /** How recent and how strong the sign-in must be; else a page that leads to signing in again. */
  readonly stepUp?: StepUp
  /** How often it may be opened; the limits of addresses and principals hold beside it. */
  readonly limit?: RouteLimit
  /** What stands in the page's main part; a redirect on `context.reply` goes before it. */
  readonly render: (context: ContextFor<A>) => Promise<Html> | Html
}

/** A rendered page on its way to the layout of the pages room. */
export class PageAnswer {
  readonly title: string
  readonly content: Html
  readonly context: Context

  constructor(title: string, content: Html, context: Context) {
    this.title = title
    this.content = content
    this.context = context
  }
}

/**
 * Declares a page at a GET path; its content is put into the service's layout.
 * @param path for example `/stock`
 */
export function page<A extends Access>(path: `/${string}`, spec: PageSpec<A>): RouteOptions {
  const render = spec.render as (context: Context) => Promise<Html> | Html
  return withFacts(
    {
      method: 'GET',
      url: path,
      handler: async (request, reply) => {
        const context = contextOf(request)
        const content = await render(context)
        // A page may lead elsewhere: what it rendered is then of no use.
        return reply.sent ? reply : new PageAnswer(spec.title, content, context)
      },
    },
    {
      kind: 'page',
      access: spec.access,
      tenant: spec.tenant ?? (spec.access.kind === 'can' ? 'required' : 'optional'),
      status: 200,
      raises: [],
      hidden: true,
      anonymous: false,
      browserOnly: false,
      stepUp: stepUpOf(spec),
      ownSitesOnly: false,
      anyQuery: spec.anyQuery ?? false,
      takesForm: false,
      idempotent: false,
      limit: requireLimit(spec.limit),
      schemas: spec.query === undefined ? {} : { query: z.object(spec.query) },
    },
  )
}
