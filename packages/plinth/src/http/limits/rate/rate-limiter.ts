import type { Quota } from '../../../feature/index.ts'
import { Account } from './account.ts'
import type { RateLimiterSettings } from './rate-limiter.settings.ts'
import { createRoutePlans } from './route-plan.ts'
import type { CountedVisit, GeneralQuotas, RateLimiterDeps, Visit } from './visit.ts'

/** Counts requests and refuses what is too much. */
export interface RateLimiter {
  /** Opens the account of one request. */
  visit(visit: Visit): CountedVisit
}

/** Makes the limits of a server. */
export function createRateLimiter(deps: RateLimiterDeps): RateLimiter {
  const planOf = createRoutePlans(deps.settings)
  const quotas = generalQuotas(deps.settings)
  return {
    visit: (visit) => {
      const { request, url, facts } = visit
      const plan = planOf({ method: request.method, url, facts })
      return new Account({ deps, quotas, plan, visit })
    },
  }
}

function generalQuotas(settings: RateLimiterSettings): GeneralQuotas {
  const { enabled, per_address, per_principal, failed_credentials } = settings
  return {
    address: enabled ? quotaOf(per_address) : undefined,
    principal: enabled ? quotaOf(per_principal) : undefined,
    failedCredentials: quotaOf(failed_credentials),
    signIn: quotaOf(settings),
  }
}

function quotaOf({ requests, window_ms }: { requests: number; window_ms: number }): Quota {
  return { requests, windowMs: window_ms }
}
