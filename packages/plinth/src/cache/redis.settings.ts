import { z } from 'zod'

/** Where Redis is. Nothing that must survive lives there. */
export const redisSettings = z.strictObject({
  enabled: z
    .boolean()
    .optional()
    .describe('Whether Redis is used; by default it is when redis.url is set.'),
  url: z.string().optional().describe('Redis URL, for example redis://localhost:6379/0.'),
})

/** Parsed {@link redisSettings}. */
export type RedisSettings = z.output<typeof redisSettings>
