import type { RouteOptions } from 'fastify'
import { factsOf } from './facts.ts'

/** A family of documents whose spellings a service may go on serving (`app.compat`). */
export type Compat = 's0' | 's3' | 's4'

/** A second path of a route, which it answers at while `app.compat` names the family. */
export interface RouteAlias {
  readonly compat: Compat
  /** With the same parameters as the route's own path: `/people/:id`. */
  readonly path: `/${string}`
}

/**
 * Checks an alias when its route is declared.
 * @throws TypeError when the two paths do not have the same parameters
 */
export function requireAlias(url: string, alias: RouteAlias | undefined): RouteAlias | undefined {
  if (alias === undefined) return undefined
  const [own, other] = [url, alias.path].map((path) => (path.match(/:\w+/g) ?? []).join(' '))
  if (own !== other) throw new TypeError(`the alias ${alias.path} has not the parameters of ${url}`)
  return alias
}

/**
 * The routes under the aliases of some families: equal to the first in all but the path, and left out
 * of the API documents. A path that a route of its own takes stays that route's.
 */
export function aliasesOf(
  routes: readonly RouteOptions[],
  families: readonly Compat[],
): readonly RouteOptions[] {
  const taken = new Set(routes.map(({ method, url }) => place(method, url)))
  return routes.flatMap((options) => {
    const facts = factsOf(options)
    const alias = facts?.alias
    if (facts === undefined || alias === undefined || !families.includes(alias.compat)) return []
    if (taken.has(place(options.method, alias.path))) return []
    const hidden = { ...facts, hidden: true, alias: undefined }
    return [{ ...options, url: alias.path, config: { ...options.config, facts: hidden } }]
  })
}

/** Two paths that differ in the names of their parameters only are one to the router. */
function place(method: RouteOptions['method'], url: string): string {
  return `${[method].flat().join()} ${url.replace(/:\w+/g, ':')}`
}
