export { serializerFor } from './answers/compilers.ts'
export { pagePolicy, securityHeaders } from './answers/headers.ts'
export { isPlainNumber, NO_NUMBER } from './answers/plain-numbers.ts'
export type { PolicyReportsDeps } from './answers/policy-reports.ts'
export { policyReportsFeature } from './answers/policy-reports.ts'
export type { ProblemBody } from './answers/problem.ts'
export { problemBody } from './answers/problem.ts'
export type { RenderedProblem, RenderProblem } from './answers/render-problem.ts'
export type { CensusEntry } from './census.ts'
export { renderCensus } from './census.ts'
export type {
  CorsRules,
  HttpDeps,
  PageContent,
  ProblemPage,
  Refusal,
  RequestSummary,
} from './deps.ts'
export type { Csrf } from './guard/csrf.ts'
export { createCsrf } from './guard/csrf.ts'
export type { HealthCheck, HealthDeps } from './health/health.ts'
export { healthFeature } from './health/health.ts'
export { httpProblems } from './http.errors.ts'
export type { HttpSettings } from './http.settings.ts'
export { httpSettings } from './http.settings.ts'
export { forgetIdempotencyKeys } from './idempotency/forget-keys.job.ts'
export { httpTables } from './idempotency/idempotency.tables.ts'
export type { TrustedProxies } from './limits/client-address.ts'
export { addressBucket, trustedProxies } from './limits/client-address.ts'
export { acceptJsonOnly } from './limits/json-body.ts'
export type {
  RateLimiter,
  RateLimiterSettings,
  RateRefusal,
  RoutePlan,
  WindowStore,
} from './limits/rate/index.ts'
export {
  createInsuredWindows,
  createMemoryWindows,
  createRateLimiter,
  createRedisWindows,
  createRoutePlans,
  limitBy,
  rateLimiterProblems,
  rateLimiterSettings,
  requireTries,
} from './limits/rate/index.ts'
export type { RefusalLimit } from './limits/refusal-limit.ts'
export { createRefusalLimit } from './limits/refusal-limit.ts'
export type { DocsOptions, DocumentInfo, OpenApiDocument } from './openapi/index.ts'
export { docsFeature, registerOpenApi, renderOpenApi } from './openapi/index.ts'
export { routesOutside } from './outside.ts'
export type { Guarded } from './plugin.ts'
export { installGuard } from './plugin.ts'
export { bringForeignRoutes, completeServer, registerFeatures } from './register.ts'
export { createServer } from './server.ts'
