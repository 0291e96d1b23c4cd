import type { RateLimiter, RateRefusal, WindowStore } from '../http/index.ts'
import { createRateLimiter } from '../http/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { Log, Metrics } from '../telemetry/index.ts'
import { Counter } from '../telemetry/index.ts'
import type { ServiceConfig } from './settings.ts'

/** What the limits of a process are made from. */
export interface RateLimitParts {
  readonly config: Pick<ServiceConfig, 'rate_limiter'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** The limits of one process: counted in a store, refused, shown in metrics and told in the log. */
export function createRateLimits(parts: RateLimitParts, store: WindowStore): RateLimiter {
  return createRateLimiter({
    settings: parts.config.rate_limiter,
    store,
    refused: createTeller(parts),
  })
}

const MOST_TOLD = 1_000

/** Counts every refusal; tells the first of each counter in its window, not each of a flood. */
function createTeller({ clock, log, metrics }: RateLimitParts): (refusal: RateRefusal) => void {
  const refusals = new Counter({
    name: 'plinth_rate_limited_total',
    help: 'Requests refused because there were too many, by the limit that refused them.',
    labelNames: ['policy'],
    registers: [metrics.registry],
  })
  const toldUntil = new Map<string, number>()
  return ({ policy, key, route, clientAddress, person, resetMs }) => {
    refusals.inc({ policy })
    const now = clock.monotonic()
    const counter = `${policy} ${key}`
    if ((toldUntil.get(counter) ?? Number.NEGATIVE_INFINITY) > now) return
    const [oldest] = toldUntil.size >= MOST_TOLD ? toldUntil.keys() : []
    if (oldest !== undefined) toldUntil.delete(oldest)
    toldUntil.set(counter, now + resetMs)
    log.warn(
      { policy, path: route, client_ip: clientAddress, actor_id: person },
      'rate limit reached: further requests are refused for a while',
    )
  }
}
