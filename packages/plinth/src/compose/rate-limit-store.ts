import type { RedisConnection } from '../cache/index.ts'
import { createBreaker, openRedis, redisUrl } from '../cache/index.ts'
import type { WindowStore } from '../http/index.ts'
import { createInsuredWindows, createMemoryWindows, createRedisWindows } from '../http/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { Log, Metrics } from '../telemetry/index.ts'
import { Counter, Gauge } from '../telemetry/index.ts'
import { ConfigRefused } from './load-service-config.ts'
import type { ServiceConfig } from './settings.ts'

/** What the counters of a process are kept with. */
export interface StoreParts {
  readonly config: Pick<ServiceConfig, 'rate_limiter' | 'redis'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** Counters and the connection behind them. */
export interface RateLimitStore {
  readonly windows: WindowStore
  /** Undefined without Redis: each process counts for itself. */
  readonly redis: RedisConnection | undefined
}

const FAILURES = 3
const PAUSE_MS = 1_000

/**
 * Counts in Redis where one is configured, else in this process.
 * @throws ConfigRefused when Redis is configured and its client is not installed
 */
export async function openRateLimitStore(parts: StoreParts): Promise<RateLimitStore> {
  const own = createMemoryWindows(parts)
  const { rate_limiter, redis } = parts.config
  const url = redisUrl(redis)
  if (url === undefined) return { windows: own, redis: undefined }
  const connection = await openRedis(url, redis.command_timeout_ms).catch((error: Error) => {
    throw new ConfigRefused([error.message])
  })
  const shared = createRedisWindows(connection, redis.key_prefix)
  const breaker = createBreaker({
    clock: parts.clock,
    failures: FAILURES,
    pauseMs: PAUSE_MS,
    probe: () => Promise.resolve(shared.take([PROBE])),
    ...createReporter(parts),
  })
  const share = rate_limiter.fallback_share
  return { windows: createInsuredWindows({ shared, own, breaker, share }), redis: connection }
}

// Writes as a request does: a Redis that answers and refuses to write is not back.
const PROBE = {
  policy: 'address',
  key: 'probe',
  quota: { requests: 1_000_000, windowMs: 1_000 },
  cost: 1,
} as const

/** Says once that Redis is gone and once that it is back, and shows it in between. */
function createReporter({ log, metrics }: Pick<StoreParts, 'log' | 'metrics'>) {
  const registers = [metrics.registry]
  const degraded = new Gauge({
    name: 'plinth_rate_limiter_degraded',
    help: '1 while Redis is configured and this process limits by itself.',
    registers,
  })
  const outages = new Counter({
    name: 'plinth_rate_limiter_outages_total',
    help: 'Times that Redis stopped answering and this process began to limit by itself.',
    registers,
  })
  degraded.set(0)
  return {
    opened: (error: unknown) => {
      degraded.set(1)
      outages.inc()
      log.warn(
        { reason: reasonOf(error) },
        'Redis does not count: this process limits by itself, with rate_limiter.fallback_share of every limit',
      )
    },
    closedAgain: () => {
      degraded.set(0)
      log.info({}, 'Redis counts again: limits hold for all processes together')
    },
  }
}

/** The kind of a failure: Redis names it in capitals, the system by a code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return /^[A-Z]{3,}\b/.exec(error.message)?.[0] ?? error.message.slice(0, 80)
}
