import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from 'fastify'
import { open } from '../access/index.ts'
import type { Compat, Feature, Mount } from '../feature/index.ts'
import { aliasesOf, factsOf, foreignFacts } from '../feature/index.ts'
import { headersFor } from './answers/headers.ts'
import { createRefuser } from './answers/refuse.ts'
import { problemWriter } from './answers/render-problem.ts'
import type { HttpDeps } from './deps.ts'
import { httpProblems } from './http.errors.ts'
import { acceptFormOnly } from './limits/form-body.ts'
import type { MethodTable } from './method-table.ts'
import { placeMount } from './mounts.ts'
import { refuseTwins } from './refuse-twins.ts'
import { answerBareWith } from './server.ts'

/**
 * Registers every route of every feature.
 * @param compat families of documents whose spellings are served too
 * @throws TypeError when two of them are the same route
 */
export async function registerFeatures(
  app: FastifyInstance,
  features: readonly Feature[],
  compat: readonly Compat[] = [],
): Promise<void> {
  refuseTwins(features)
  const entries = features.flatMap((feature) => (feature.routes ?? []).flat())
  const routes = entries.filter((entry): entry is RouteOptions => !isMount(entry))
  for (const entry of [...entries, ...aliasesOf(routes, compat)]) {
    if (isMount(entry)) await registerMount(app, entry)
    else if (factsOf(entry)?.takesForm) await registerForm(app, entry)
    else app.route(entry)
  }
}

/** Whether routes of others come with these features: mounted plugins, or routes that Fastify itself validates. */
export function bringForeignRoutes(features: readonly Feature[]): boolean {
  const entries = features.flatMap((feature) => (feature.routes ?? []).flat())
  return entries.some((entry) => isMount(entry) || factsOf(entry)?.kind === 'foreign')
}

function isMount(entry: RouteOptions | Mount): entry is Mount {
  return 'kind' in entry && entry.kind === 'mount'
}

/** Registers a foreign plugin: each route it brings gets the one rule of the mount. */
async function registerMount(app: FastifyInstance, entry: Mount): Promise<void> {
  const scoped: FastifyPluginAsync = async (scope) => {
    placeMount(scope, entry)
    await scope.register(entry.plugin)
  }
  await app.register(scoped, { prefix: entry.prefix })
}

/**
 * Registers a route that takes a form, in a scope of its own: no other route learns to read one.
 * @throws TypeError when the route would look at a session cookie
 */
async function registerForm(app: FastifyInstance, entry: RouteOptions): Promise<void> {
  if (!factsOf(entry)?.anonymous) {
    throw new TypeError(
      `${entry.method} ${entry.url} takes a form and looks at credentials; a page of any site can send a form. Declare it anonymous, or take JSON.`,
    )
  }
  const scoped: FastifyPluginAsync = async (scope) => {
    acceptFormOnly(scope)
    scope.route(entry)
  }
  await app.register(scoped)
}

/** What only a server of our own may decide: unknown addresses, preflights, errors outside routes. */
export function completeServer(app: FastifyInstance, deps: HttpDeps, methods: MethodTable): void {
  app.setErrorHandler(createRefuser(deps, methods))
  app.setNotFoundHandler(({ method, url }) => {
    const served = methods.at(url.split('?')[0] ?? '')
    if (served.length === 0 || served.includes(method)) throw httpProblems.notFound()
    throw httpProblems.methodNotAllowed()
  })
  const preflight = { ...foreignFacts(open('CORS preflight')), anonymous: true }
  app.options('*', { config: { facts: preflight } }, async ({ url }, reply) => {
    const served = methods.at(url.split('?')[0] ?? '')
    if (served.length > 0) reply.header('allow', served.join(', '))
    return reply.code(204).send()
  })
  answerBareWith(app, {
    headers: headersFor(deps),
    write: problemWriter(deps.renderProblem, deps.log),
  })
}
