import type { Metrics } from '../telemetry/index.ts'
import { Gauge } from '../telemetry/index.ts'

/**
 * Shows how far in the future access tokens were issued, by our clock: `plinth_token_clock_skew_seconds`
 * of their provider, as the latest such token had it. Beyond `jwt.clock_skew` they are refused.
 */
export function clockSkewMetric({
  registry,
}: Metrics): (provider: string, seconds: number) => void {
  const gauge = new Gauge({
    name: 'plinth_token_clock_skew_seconds',
    help: 'Seconds by which the latest access token from the future was ahead of our clock.',
    labelNames: ['provider'],
    registers: [registry],
  })
  return (provider, seconds) => gauge.set({ provider }, seconds)
}
