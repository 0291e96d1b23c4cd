import { createRequire } from 'node:module'
import type {} from '@fastify/swagger'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { factsOf } from '../../feature/index.ts'
import type { DocumentInfo, OpenApiDocument } from './document.ts'
import { buildDocument, isDocumented } from './document.ts'
import type { DocumentedRoute } from './operation.ts'

const require = createRequire(import.meta.url)

/**
 * Starts collecting routes for the OpenAPI document. Call it before any route is registered; the
 * document itself is built when it is first asked for, and then stays.
 */
export function registerOpenApi(app: FastifyInstance, info: DocumentInfo): void {
  const registered: RouteOptions[] = []
  let document: OpenApiDocument | undefined
  app.addHook('onRoute', (route) => void registered.push(route))
  const swagger = () => {
    document ??= buildDocument(info, documentedRoutes(registered))
    return document
  }
  // Where plugins that show a document look for it.
  app.decorate('swagger', swagger as object as FastifyInstance['swagger'])
}

/** The last of several with one method and path. */
function documentedRoutes(registered: readonly RouteOptions[]): readonly DocumentedRoute[] {
  const { formatParamUrl }: typeof import('@fastify/swagger') = require('@fastify/swagger')
  const entries = registered.flatMap((route) => documented(route, formatParamUrl(route.url)))
  return [...new Map(entries.map((entry) => [`${entry.method} ${entry.path}`, entry])).values()]
}

function documented(route: RouteOptions, path: string): readonly DocumentedRoute[] {
  const facts = factsOf(route)
  return [route.method]
    .flat()
    .flatMap((method) => (isDocumented(method, facts) ? [{ method, path, facts }] : []))
}

/**
 * The document of a server as it is committed: two-space JSON with a newline at its end.
 * @param app a server that is ready, with `registerOpenApi` before its routes
 */
export function renderOpenApi(app: FastifyInstance): string {
  return `${JSON.stringify(openApiOf(app), null, 2)}\n`
}

/** The document itself. */
export function openApiOf(app: FastifyInstance): OpenApiDocument {
  const document: object = app.swagger()
  return document as OpenApiDocument
}
