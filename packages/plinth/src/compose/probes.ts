import { pingRedis } from '../cache/index.ts'
import type { Database } from '../data/index.ts'
import type { Feature } from '../feature/index.ts'
import type { HealthCheck } from '../http/index.ts'
import { pingTemporal } from '../workflows/index.ts'
import type { ServiceConfig } from './settings.ts'

/** What `/health/ready` asks: the platform's dependencies and each resource of a feature. */
export function healthChecks(
  config: Pick<ServiceConfig, 'redis' | 'temporal'>,
  database: Pick<Database, 'ping'>,
  features: readonly Feature[],
): readonly HealthCheck[] {
  const { redis, temporal } = config
  return [
    { name: 'database', critical: true, check: () => database.ping() },
    optional('redis', redis, pingRedis),
    optional('temporal', temporal, pingTemporal),
    ...features
      .flatMap(({ resources = [] }) => resources)
      .map(({ name, check }) => ({
        name,
        critical: true,
        ...(check && { check }),
      })),
  ]
}

interface Place {
  readonly enabled?: boolean | undefined
  readonly url?: string | undefined
}

function optional(name: string, place: Place, ping: (url: string) => Promise<void>): HealthCheck {
  const { url, enabled = url !== undefined } = place
  if (!enabled || url === undefined) return { name, critical: false }
  return { name, critical: false, check: () => ping(url) }
}
