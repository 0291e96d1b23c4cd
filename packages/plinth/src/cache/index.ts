export { pingRedis } from './ping-redis.ts'
export type { RedisSettings } from './redis.settings.ts'
export { redisSettings } from './redis.settings.ts'
