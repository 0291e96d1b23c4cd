import type { FastifyInstance } from 'fastify'
import { open } from '../../access/index.ts'
import type { Feature, Log } from '../../feature/index.ts'
import { feature, foreignFacts, mount, withFacts } from '../../feature/index.ts'
import { DOCS_ADDRESSES, docsAnswers, hasDocsPage } from './docs-page.ts'
import { openApiOf } from './register.ts'

/** What the documentation page needs to know. */
export interface DocsOptions {
  readonly title: string
  /** `on` refuses to start where the page's package is missing; `auto` says so and goes without. */
  readonly docs: 'auto' | 'on'
  readonly log: Log
}

const MISSING =
  'The page at /docs needs the package @fastify/swagger-ui: install it with "npm install @fastify/swagger-ui", or set http.docs to off.'

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
  const page = mount('/', { access, tenant: 'none' }, async (app) => servePage(app, options))
  return feature('docs', { routes: [document, page] })
}

function servePage(app: FastifyInstance, { title, docs, log }: DocsOptions): void {
  if (!hasDocsPage()) {
    if (docs === 'on') throw new Error(MISSING)
    log.info({}, MISSING)
    return
  }
  const answer = docsAnswers({ title, document: () => openApiOf(app) })
  for (const url of DOCS_ADDRESSES) app.get(url, answer)
}
