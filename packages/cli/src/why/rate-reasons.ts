import type { RateLimiterSettings } from 'plinth/http'
import { createRoutePlans } from 'plinth/http'
import type { Target } from '../attack/target.ts'

interface Quota {
  readonly requests: number
  readonly windowMs: number
}

/** How often a route may be called, a sentence each; nothing where the settings cannot be read. */
export function rateLimitsOf(
  { method, url, facts }: Pick<Target, 'method' | 'url' | 'facts'>,
  settings: RateLimiterSettings | undefined,
): readonly string[] {
  if (settings === undefined) return []
  const { unlimited, route, signIn } = createRoutePlans(settings)({ method, url, facts })
  const { limit } = facts
  if (unlimited && typeof limit === 'object' && 'unlimited' in limit)
    return [`It may be called without limit (unlimited: ${limit.unlimited}).`]
  const { enabled, per_address: address, per_principal: principal } = settings
  return [
    ...(signIn === undefined
      ? []
      : [`An address may call it ${often(signIn)}, for an account too (sign_in).`]),
    ...(route === undefined
      ? []
      : [`A principal may call it ${often(route)}, or an address where nobody is signed in.`]),
    enabled
      ? `With all other routes, a principal may make ${quota(principal)}, an address ${quota(address)}.`
      : 'Principals and addresses are not limited (rate_limiter.enabled: false).',
  ]
}

function often({ requests, windowMs }: Quota): string {
  return `${requests === 1 ? 'once' : `${requests} times`} in ${windowMs / 1_000} s`
}

function quota(of: { readonly requests: number; readonly window_ms: number }): string {
  return `${of.requests} requests in ${of.window_ms / 1_000} s`
}
