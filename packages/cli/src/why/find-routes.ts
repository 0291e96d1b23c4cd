/** A route by its method and its template. */
export interface RouteName {
  readonly method: string
  readonly url: string
}

/**
 * The routes that a person means: by template, else by a path that they serve. Of several patterns
 * that fit a path, the one with the most fixed steps is the one that the router takes.
 * @param method undefined for every method
 */
export function routesMeant<R extends RouteName>(
  routes: readonly R[],
  { method, path }: { readonly method: string | undefined; readonly path: string },
): readonly R[] {
  const asked = path.split('?')[0] ?? ''
  const ofMethod = routes.filter((one) => method === undefined || one.method === method)
  const exact = ofMethod.filter(({ url }) => plain(url) === plain(asked))
  if (exact.length > 0) return exact
  const fitting = ofMethod.filter(({ url }) => patternOf(url).test(asked))
  const best = Math.max(...fitting.map(({ url }) => fixedSteps(url)))
  return fitting.filter(({ url }) => fixedSteps(url) === best)
}

/** `/products/{id}` and `/products/:id` are one. */
function plain(url: string): string {
  return url.replaceAll(/\{\w+\}|:\w+/g, ':').replace(/(.)\/$/, '$1')
}

function patternOf(url: string): RegExp {
  const steps = url.split('/').map((step) => {
    if (step === '*') return '.*'
    return step.startsWith(':') ? '[^/]+' : step.replaceAll(/[^\w-]/g, '\\$&')
  })
  return new RegExp(`^${steps.join('/')}/?$`)
}

function fixedSteps(url: string): number {
  return url.split('/').filter((step) => !/^[:*]/.test(step)).length
}

const MOST = 3

/** The routes whose paths look most like one that there is not. */
export function nearestRoutes(
  routes: readonly RouteName[],
  { path }: { readonly path: string },
): readonly string[] {
  const wanted = pairsOf(path)
  return [...routes]
    .map((route) => ({ route, score: likeness(wanted, pairsOf(route.url)) }))
    .filter(({ score }) => score > 0.3)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ route: { method, url } }) => `${method} ${url}`)
}

/** Every two letters that stand together: two spellings of a word share most of them. */
function pairsOf(text: string): ReadonlySet<string> {
  return new Set(
    Array.from({ length: Math.max(text.length - 1, 0) }, (_, at) => text.slice(at, at + 2)),
  )
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((pair) => b.has(pair)).length
  return (2 * shared) / Math.max(a.size + b.size, 1)
}
