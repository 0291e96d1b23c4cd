export type { InsuredWindowsOptions } from './insured-windows.ts'
export { createInsuredWindows } from './insured-windows.ts'
export { limitBy, setVisit, visitOf } from './limit-by.ts'
export { createMemoryWindows } from './memory-windows.ts'
export { rateLimiterProblems } from './rate-limiter.errors.ts'
export type { RateLimiterSettings } from './rate-limiter.settings.ts'
export { rateLimiterSettings } from './rate-limiter.settings.ts'
export type {
  CountedVisit,
  RateLimiter,
  RateLimiterDeps,
  RateRefusal,
  Visit,
} from './rate-limiter.ts'
export { createRateLimiter } from './rate-limiter.ts'
export { createRedisWindows } from './redis-windows.ts'
export type { Charge, Policy, Standing, WindowStore } from './window-store.ts'
