import type { Registry } from 'prom-client'
import { Counter, Histogram } from './prometheus.ts'

/** One answered request. */
export interface RequestObservation {
  readonly method: string
  /** The route's template (`/products/:id`), never the URL; undefined when no route matched. */
  readonly route: string | undefined
  readonly status: number
  readonly seconds: number
}

// Every label has few values, whatever is asked: a label made of input would eat the memory.
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const labelNames = ['method', 'path', 'status'] as const

/** The requests of one method, route and status. */
interface Series {
  readonly labels: Readonly<Record<(typeof labelNames)[number], string>>
  readonly status: number
  readonly observe: (seconds: number) => void
  count: number
}

/**
 * Counts requests. It is done for every request: labels are put together once for each series, and
 * counters are brought up to date when somebody reads them.
 */
export function requestMetrics(registry: Registry): (request: RequestObservation) => void {
  const seriesOf = new Map<string, Series[]>()
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Seconds from the first byte of a request to the last of its answer.',
    labelNames,
    buckets: SECONDS,
    registers: [registry],
  })
  const all = () => [...seriesOf.values()].flat()
  counterOf(registry, {
    name: 'http_requests_total',
    help: 'Requests answered.',
    series: all,
  })
  counterOf(registry, {
    name: 'http_request_errors_total',
    help: 'Requests that the service itself failed to answer (status 500 and above).',
    series: () => all().filter(({ status }) => status >= 500),
  })

  return ({ method, route = 'none', status, seconds }) => {
    const known = METHODS.has(method) ? method : 'OTHER'
    // A route has few of them, and to look through those costs less than to put a key together.
    const ofRoute = seriesOf.get(route) ?? []
    let series = ofRoute.find((one) => one.status === status && one.labels.method === known)
    if (series === undefined) {
      const labels = { method: known, path: route, status: String(status) }
      const { observe } = durations.labels(labels)
      series = { labels, status, observe, count: 0 }
      ofRoute.push(series)
      seriesOf.set(route, ofRoute)
    }
    series.count += 1
    series.observe(seconds)
  }
}

interface CounterParts {
  readonly name: string
  readonly help: string
  readonly series: () => readonly Series[]
}

function counterOf(registry: Registry, { name, help, series }: CounterParts): void {
  const counter = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      counter.reset()
      for (const { labels, count } of series()) counter.inc(labels, count)
    },
  })
}
