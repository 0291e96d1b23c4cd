import type { FastifyInstance } from 'fastify'
import { open } from '../../access/index.ts'
import type { Feature, Log } from '../../feature/index.ts'
import { feature, foreignFacts, mount, withFacts } from '../../feature/index.ts'
import { docsScript, docsStyles } from './docs-theme.ts'
import { openApiOf } from './register.ts'
import { addCsrfToken } from './try-it-out.ts'

/** What the documentation page needs to know. */
export interface DocsOptions {
  readonly title: string
  /** `on` refuses to start where the page's package is missing; `auto` says so and goes without. */
  readonly docs: 'auto' | 'on'
  readonly log: Log
}

const MISSING =
  'The page at /docs needs the package @fastify/swagger-ui: install it with "npm install @fastify/swagger-ui", or set http.docs to off.'

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

/** The document at `/openapi.json` and the page at `/docs`. */
export function docsFeature(options: DocsOptions): Feature {
  const access = open('API documents')
  const document = withFacts(
    {
      method: 'GET',
      url: '/openapi.json',
      handler: async (request) => openApiOf(request.server),
    },
    { ...foreignFacts(access), tenant: 'none', anonymous: true },
  )
  // The package writes its own prefix into the page, so the mount adds none.
  const page = mount('/', { access, tenant: 'none' }, (app) => servePage(app, options))
  return feature('docs', { routes: [document, page] })
}

async function servePage(app: FastifyInstance, { title, docs, log }: DocsOptions): Promise<void> {
  const ui = await loadSwaggerUi()
  if (ui === undefined) {
    if (docs === 'on') throw new Error(MISSING)
    log.info({}, MISSING)
    return
  }
  await app.register(ui, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: {
      title: `${title} API`,
      css: [{ filename: 'theme.css', content: docsStyles }],
      js: [{ filename: 'theme.js', content: docsScript }],
    },
    uiConfig: {
      layout: 'BaseLayout',
      docExpansion: 'list',
      deepLinking: true,
      defaultModelsExpandDepth: 0,
      syntaxHighlight: false,
      tryItOutEnabled: false,
      requestInterceptor: addCsrfToken,
    },
  })
}

async function loadSwaggerUi() {
  try {
    const { fastifySwaggerUi } = await import('@fastify/swagger-ui')
    return fastifySwaggerUi
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      return undefined
    throw error
  }
}
