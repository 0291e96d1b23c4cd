import { createRequire } from 'node:module'
import type { Registry as MetricsRegistry } from 'prom-client'

type Prometheus = typeof import('prom-client')

const require = createRequire(import.meta.url)

// By their files: the package's own index also loads what pushes metrics, gathers them from a cluster,
// and half of OpenTelemetry, 90 modules that no service of ours calls.
export const Counter: Prometheus['Counter'] = require('prom-client/lib/counter.js')
export const Gauge: Prometheus['Gauge'] = require('prom-client/lib/gauge.js')
export const Histogram: Prometheus['Histogram'] = require('prom-client/lib/histogram.js')
export const Registry: Prometheus['Registry'] = require('prom-client/lib/registry.js')

/** Memory, CPU, garbage collection and event-loop lag of the process, counted from here on. */
export function collectProcessMetrics(register: MetricsRegistry): void {
  const collect: Prometheus['collectDefaultMetrics'] = require('prom-client/lib/defaultMetrics.js')
  collect({ register })
}
