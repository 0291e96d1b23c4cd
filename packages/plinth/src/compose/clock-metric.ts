import type { Clock } from '../kernel/index.ts'
import { systemClock } from '../kernel/index.ts'
import type { Metrics } from '../telemetry/index.ts'
import { Gauge } from '../telemetry/index.ts'

/** Shows how wrong the machine's own clock is; the service does not go by it. */
export function showClock({ registry }: Metrics, clock: Clock): void {
  new Gauge({
    name: 'plinth_clock_ahead_seconds',
    help: "Seconds by which the machine's own clock is ahead of the time that the service goes by.",
    registers: [registry],
    collect() {
      this.set((systemClock.now() - clock.now()) / 1_000)
    },
  })
}
