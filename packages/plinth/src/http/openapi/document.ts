import type { RouteFacts } from '../../feature/index.ts'
import type { JsonSchema } from './json-schema.ts'
import type { DocumentedRoute } from './operation.ts'
import { CSRF, operationIdOf, operationOf, SESSION, tagOf } from './operation.ts'
import { problemSchema } from './problem-responses.ts'

/** What the document says of the service. */
export interface DocumentInfo {
  readonly title: string
  readonly version: string
  /** Name of the session cookie. */
  readonly sessionCookie: string
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument extends JsonSchema {
  readonly openapi: '3.1.0'
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Whether a route belongs into the document: an API route that is not hidden. */
export function isDocumented(method: string, facts: RouteFacts | undefined): facts is RouteFacts {
  return facts?.kind === 'api' && !facts.hidden && METHODS.includes(method)
}

/** Builds the document. The same routes give the same text, in whatever order they registered. */
export function buildDocument(
  info: DocumentInfo,
  routes: readonly DocumentedRoute[],
): OpenApiDocument {
  const sorted = [...routes].sort(
    (a, b) => compare(a.path, b.path) || METHODS.indexOf(a.method) - METHODS.indexOf(b.method),
  )
  const components = new Map([['Problem', problemSchema]])
  const paths: Record<string, Record<string, JsonSchema>> = {}
  const taken = new Set<string>()
  for (const route of sorted) {
    const operationId = freeId(operationIdOf(route), taken)
    const operation = operationOf(route, { operationId, components })
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation }
  }
  const tags = [...new Set(sorted.map(({ path }) => tagOf(path)))].sort(compare)
  return {
    openapi: '3.1.0',
    info: { title: info.title, version: info.version },
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: securitySchemes(info.sessionCookie),
      schemas: Object.fromEntries([...components].sort(([a], [b]) => compare(a, b))),
    },
  }
}

function securitySchemes(sessionCookie: string): JsonSchema {
  return {
    [SESSION]: {
      type: 'apiKey',
      in: 'cookie',
      name: sessionCookie,
      description: 'The cookie that signing in at `/auth/web/login` sets.',
    },
    [CSRF]: {
      type: 'apiKey',
      in: 'header',
      name: 'X-CSRF-Token',
      description:
        'Every request that changes something and carries the cookie needs this token; `GET /auth/web/me` tells it.',
    },
  }
}

function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted
  for (let count = 2; taken.has(id); count += 1) id = wanted + count
  taken.add(id)
  return id
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
