import { z } from 'zod'

/** Where Redis is. Nothing that must survive lives there. */
export const redisSettings = z.strictObject({
  enabled: z
    .boolean()
    .optional()
    .describe('Whether Redis is used; by default it is when redis.url is set.'),
  // The client takes anything for a name, and quietly goes to localhost:6379 instead.
  url: z
    .string()
    .regex(
      /^(?:rediss?:\/\/[^\s/]\S*|\/\S+)$/,
      'is no Redis URL → write it like redis://localhost:6379/0, or rediss:// for TLS',
    )
    .meta({ takes: 'a redis:// or rediss:// URL, or the path of a socket' })
    .optional()
    .describe('Redis URL, for example redis://localhost:6379/0.'),
  key_prefix: z
    .string()
    .min(1)
    .max(64)
    .default('plinth:')
    .describe('What the names of all keys begin with; services that share a Redis need their own.'),
  command_timeout_ms: z
    .int()
    .min(10)
    .max(60_000)
    .default(250)
    .describe(
      'Milliseconds that Redis has for an answer; after three failures in a row this process counts by itself.',
    ),
})

/** Address of the Redis that is used; undefined where none is. */
export function redisUrl({ enabled, url }: RedisSettings): string | undefined {
  return (enabled ?? true) ? url : undefined
}

/** Parsed {@link redisSettings}. */
export type RedisSettings = z.output<typeof redisSettings>
