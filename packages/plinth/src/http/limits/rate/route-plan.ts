import type { Quota, RouteFacts } from '../../../feature/index.ts'
import type { RateLimiterSettings } from './rate-limiter.settings.ts'

/** What is counted for one route beside its address and its principal. */
export interface RoutePlan {
  /** Method and template, never the path that was asked for; HEAD counts as GET. */
  readonly name: string
  readonly unlimited: boolean
  /** Counted by principal, or by address where nobody is signed in. */
  readonly route: Quota | undefined
  /** Counted by address; the account counts its own part. */
  readonly signIn: Quota | undefined
  /** Which routes of the class sign-in share a counter with this one, where their quotas last as long. */
  readonly signInGroup: string
}

/** The route of a request; one that matched none has no facts and no template. */
export interface PlannedRoute {
  readonly method: string
  readonly url: string | undefined
  readonly facts: RouteFacts | undefined
}

/** Answers with the plan of a route, made once for each. */
export function createRoutePlans(
  settings: RateLimiterSettings,
): (route: PlannedRoute) => RoutePlan {
  // By template and method, as they come: to put a name together costs more than to look twice.
  const plans = new Map<string | undefined, Map<string, RoutePlan>>()
  return (route) => {
    const known = plans.get(route.url)?.get(route.method)
    if (known !== undefined) return known
    const plan = makePlan(settings, nameOf(route), route)
    const ofUrl = plans.get(route.url) ?? new Map<string, RoutePlan>()
    plans.set(route.url, ofUrl.set(route.method, plan))
    return plan
  }
}

const NO_ROUTE = '(none)'

// Bounded: methods are checked before, and templates are those of the routes.
function nameOf({ method, url }: PlannedRoute): string {
  return url === undefined ? NO_ROUTE : `${asGet(method)} ${url}`
}

function asGet(method: string): string {
  return method === 'HEAD' ? 'GET' : method
}

function makePlan(settings: RateLimiterSettings, name: string, route: PlannedRoute): RoutePlan {
  // Unknown addresses below a mounted plugin are unknown addresses, whatever its own rule lifts.
  const limit = route.url === undefined ? undefined : route.facts?.limit
  const configured = quotaFor(settings, name, route.url)
  const shared = { name, signInGroup: groupOf(settings, route) }
  if (limit === 'sign_in') {
    const signIn = configured ?? signInQuota(settings)
    return { ...shared, unlimited: false, route: undefined, signIn }
  }
  const unlimited = configured === undefined && limit !== undefined && 'unlimited' in limit
  const declared =
    limit === undefined || 'unlimited' in limit ? undefined : scaled(limit, settings.route_factor)
  const quota = settings.enabled ? (configured ?? declared) : undefined
  return { ...shared, unlimited, route: quota, signIn: undefined }
}

function scaled({ requests, windowMs }: Quota, factor: number): Quota {
  return { requests: Math.max(1, Math.round(requests * factor)), windowMs }
}

/** The figures of the class sign-in. */
function signInQuota({ requests, window_ms }: RateLimiterSettings): Quota {
  return { requests, windowMs: window_ms }
}

function quotaFor(
  { endpoints }: RateLimiterSettings,
  name: string,
  url: string | undefined,
): Quota | undefined {
  const found = endpoints[name] ?? (url === undefined ? undefined : endpoints[url])
  return found && { requests: found.requests, windowMs: found.window_ms }
}

function groupOf(settings: RateLimiterSettings, { method, url }: PlannedRoute): string {
  const parts = [
    ...(settings.per_method ? [asGet(method)] : []),
    ...(settings.per_endpoint ? [url ?? NO_ROUTE] : []),
  ]
  return parts.join(' ')
}
