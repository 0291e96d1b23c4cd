import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { httpProblems, problemBody } from '../http/index.ts'
import { AppError } from '../kernel/index.ts'
import { namesOfRequest } from './strategies/names-of-request.ts'
import type { TenantStrategy } from './strategies/tenant-strategy.ts'
import { tenancyProblems } from './tenancy.errors.ts'
import { tenantName } from './tenant-name.ts'

/** How a server that is not Plinth's finds the tenant of a request. */
export interface TenantMiddlewareOptions {
  /** All that speak must name the same tenant, in the same words. */
  readonly strategies: readonly TenantStrategy[]
  /** Whether a request without a tenant is answered with 400. */
  readonly required?: boolean
  /**
   * Whether the caller may work in the tenant; false is 404. Without one every name of the right form is
   * taken, and nothing keeps a caller out of the tenant of another.
   */
  readonly validator?: (tenant: string, request: FastifyRequest) => boolean | Promise<boolean>
  /** The tenant of requests that name none, where none is required. */
  readonly defaultTenant?: string
}

const tenants = new WeakMap<FastifyRequest, string>()

/** The tenant that the middleware found for a request; undefined where it names none. */
export function tenantOf(request: FastifyRequest): string | undefined {
  return tenants.get(request)
}

/**
 * Finds the tenant of each request on any Fastify: `app.register(tenantMiddleware({ … }))`, after the plugin
 * that authenticates. A service of Plinth needs none: there the same strategies stand in `tenancy`.
 * @throws TypeError when `defaultTenant` is no name of a tenant
 */
export function tenantMiddleware(options: TenantMiddlewareOptions): FastifyPluginAsync {
  const { defaultTenant } = options
  if (defaultTenant !== undefined && tenantName(defaultTenant) === undefined) {
    throw new TypeError(`defaultTenant "${defaultTenant}" is no name of a tenant`)
  }
  const plugin: FastifyPluginAsync = async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      try {
        const tenant = await find(options, request)
        if (tenant !== undefined) tenants.set(request, tenant)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return refuse(error, request, reply)
      }
    })
  }
  // Fastify's own mark for a plugin whose hooks reach the scope that registers it.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}

async function find(
  { strategies, required = false, validator, defaultTenant }: TenantMiddlewareOptions,
  request: FastifyRequest,
): Promise<string | undefined> {
  const [name, ...others] = namesOfRequest(strategies, request)
  if (others.length > 0) throw tenancyProblems.conflict()
  if (name === undefined && required) throw httpProblems.tenantRequired()
  const tenant = name?.text ?? defaultTenant
  if (tenant === undefined) return undefined
  const may = validator === undefined || (await validator(tenant, request))
  if (!may) throw tenancyProblems.unknown()
  return tenant
}

/** Answers itself: another server's error handler knows nothing of our problems. */
function refuse(error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = problemBody(error, request.url.split('?')[0] ?? '', request.id)
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(body)
}
