import { randomInt } from 'node:crypto'
import type { Redis } from 'ioredis'

/** A connection that fails soon rather than keep a request waiting. */
export interface RedisConnection {
  /** Begins to connect; resolves when connected, or after a second at most, and never rejects. */
  open(): Promise<void>
  /**
   * Runs a Lua script, which Redis does as one step.
   * @throws Error when it is not reached, does not answer in time, or refuses
   */
  run(lua: string, keys: readonly string[], args: readonly number[]): Promise<unknown>
  close(): void
}

const CONNECT_TIMEOUT_MS = 1_000
const SLOWEST_RETRY_MS = 2_000
const RETRY_STEP_MS = 50
const RETRY_SPREAD_MS = 200

/**
 * Makes a connection that keeps trying for itself. The defaults of the library queue what is asked
 * while there is no connection and repeat it twenty times: a request then waits for more than a
 * minute. Here nothing is queued, nothing is sent twice, and what has no answer in time has failed.
 * @param url `redis://` or `rediss://`
 * @param commandTimeoutMs milliseconds after which a command without an answer has failed
 * @throws Error naming the package when it is not installed
 */
export async function openRedis(url: string, commandTimeoutMs: number): Promise<RedisConnection> {
  const redis = new (await importRedis())(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: commandTimeoutMs,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A failover leaves the old address read-only: whoever stays connected to it never writes again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    // Spread, so that not all processes come back in the same moment.
    retryStrategy: (times) =>
      Math.min(times * RETRY_STEP_MS, SLOWEST_RETRY_MS) + randomInt(RETRY_SPREAD_MS),
    connectionName: 'plinth',
  })
  // Without a listener the library prints each failed attempt; who runs a command learns of it.
  redis.on('error', () => undefined)
  return {
    open: () => within(redis.connect(), CONNECT_TIMEOUT_MS),
    run: createRunner(redis),
    close: () => redis.disconnect(),
  }
}

/** Waits for something that may fail or take too long: both are somebody else's to notice. */
async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, limitMs)
  await Promise.race([work.catch(() => undefined), late])
  clearTimeout(timer)
}

/** Hands each script over once and then names it. */
function createRunner(redis: Redis): RedisConnection['run'] {
  const names = new Map<string, string>()
  const nameOf = async (lua: string): Promise<string> => {
    const name = names.get(lua) ?? String(await redis.script('LOAD', lua))
    names.set(lua, name)
    return name
  }
  return async (lua, keys, args) => {
    const words = [...keys, ...args.map(String)]
    try {
      return await redis.evalsha(await nameOf(lua), keys.length, ...words)
    } catch (error) {
      // A server that was restarted or flushed has forgotten it.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      names.delete(lua)
      return redis.evalsha(await nameOf(lua), keys.length, ...words)
    }
  }
}

async function importRedis(): Promise<typeof Redis> {
  try {
    return (await import('ioredis')).Redis
  } catch (cause) {
    throw new Error(MISSING, { cause })
  }
}

const MISSING =
  'redis.url is set and the package ioredis is not installed → npm install ioredis, or take redis.url away.'
