import type { GivenValues } from '../config/index.ts'

/**
 * Figures of the rate limiter for tests, which ask from one address more often than people do. The
 * limiter is on as everywhere; a test about limits says its own figures.
 */
export const roomyLimits: GivenValues = {
  'rate_limiter.requests': 100_000,
  'rate_limiter.per_address.requests': 1_000_000,
  'rate_limiter.per_principal.requests': 1_000_000,
  'rate_limiter.failed_credentials.requests': 1_000_000,
  'rate_limiter.route_factor': 10_000,
}
