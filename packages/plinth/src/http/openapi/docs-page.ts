import { createRequire } from 'node:module'
import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import Fastify from 'fastify'
import { docsScript, docsStyles } from './docs-theme.ts'
import type { OpenApiDocument } from './document.ts'
import { addCsrfToken } from './try-it-out.ts'

/** What the page shows. */
export interface DocsPage {
  readonly title: string
  readonly document: () => OpenApiDocument
}

// The page brings its styles and scripts as files. Its parts set styles from script only, which no
// policy forbids, and show a few images as data.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const UI = {
  layout: 'BaseLayout',
  docExpansion: 'list',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  syntaxHighlight: false,
  tryItOutEnabled: false,
  requestInterceptor: addCsrfToken,
} as const

/** Every address of the page. */
export const DOCS_ADDRESSES = [
  '/docs',
  '/docs/json',
  '/docs/yaml',
  '/docs/static/*',
  '/docs/static/index.html',
  '/docs/static/swagger-initializer.js',
  '/docs/static/theme/theme.css',
  '/docs/static/theme/theme.js',
]

const require = createRequire(import.meta.url)
const PACKAGE = '@fastify/swagger-ui'

/** Whether the package of the page is installed. */
export function hasDocsPage(): boolean {
  try {
    import.meta.resolve(PACKAGE)
    return true
  } catch {
    return false
  }
}

/**
 * Answers the addresses of the page from a server of its own, which is made for the first reader: the
 * package, its files and what serves them are 70 modules that no start needs.
 */
export function docsAnswers(page: DocsPage) {
  let server: Promise<FastifyInstance> | undefined
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    server ??= openPage(page)
    const { url, headers } = request
    const answer = await (await server).inject({ method: 'GET', url, headers })
    const { connection, date, ...own } = answer.headers
    return reply.code(answer.statusCode).headers(own).send(answer.rawPayload)
  }
}

async function openPage({ title, document }: DocsPage): Promise<FastifyInstance> {
  const { fastifySwaggerUi }: typeof import('@fastify/swagger-ui') = require(PACKAGE)
  const server = Fastify({ routerOptions: { ignoreTrailingSlash: true } })
  // Written for the first who asks: it takes longer than most requests.
  let yaml: string | undefined
  const inYaml = (): string => {
    yaml ??= yamlOf(document())
    return yaml
  }
  server.decorate('swagger', ((form?: { readonly yaml?: boolean }) =>
    form?.yaml ? inYaml() : document()) as FastifyInstance['swagger'])
  const page = fastifySwaggerUi as FastifyPluginAsync<FastifySwaggerUiOptions>
  // Under a function of our own the package does not ask for the one that usually makes the document.
  await server.register((scope, options) => page(scope, options), {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: {
      title: `${title} API`,
      css: [{ filename: 'theme.css', content: docsStyles }],
      js: [{ filename: 'theme.js', content: docsScript }],
    },
    uiConfig: UI,
  })
  return server
}

function yamlOf(document: OpenApiDocument): string {
  const yaml: typeof import('yaml') = require('yaml')
  return yaml.stringify(document, { strict: false })
}
