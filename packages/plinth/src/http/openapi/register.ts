import { fastifySwagger, formatParamUrl } from '@fastify/swagger'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { factsOf } from '../../feature/index.ts'
import type { DocumentInfo, OpenApiDocument } from './document.ts'
import { buildDocument, isDocumented } from './document.ts'
import type { DocumentedRoute } from './operation.ts'

/**
 * Starts collecting routes for the OpenAPI document. Call it before any route is registered; the
 * document itself is built when it is first asked for.
 */
export async function registerOpenApi(app: FastifyInstance, info: DocumentInfo): Promise<void> {
  const routes = new Map<string, DocumentedRoute>()
  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: info.title, version: info.version } },
    // The plugin's own conversion knows JSON Schema draft 7 and one response a route; ours reads the
    // declarations. It collects, and the documentation page asks it for the result.
    transform: ({ route, url }) => {
      for (const entry of documented(route, formatParamUrl(url))) {
        routes.set(`${entry.method} ${entry.path}`, entry)
      }
      return { url, schema: { hide: true } }
    },
    transformObject: () => buildDocument(info, [...routes.values()]) as never,
  })
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
