import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** One answered request. */
export interface RequestObservation {
  readonly method: string
  /** The route's template (`/products/:id`), never the URL; undefined when no route matched. */
  readonly route: string | undefined
  readonly status: number
  readonly seconds: number
}

/** One attempt of a job. */
export interface JobObservation {
  /** The job's name. */
  readonly task: string
  readonly status: 'completed' | 'failed'
  readonly seconds: number
}

/** The numbers of a process. */
export interface Metrics {
  /** Register further metrics of a service here. */
  readonly registry: Registry
  observeRequest(request: RequestObservation): void
  observeJob(job: JobObservation): void
  /** Shows that an unsafe choice stands: `plinth_unsafe_choice{setting} 1`. */
  unsafeChoice(setting: string): void
  /** The page of GET /metrics. */
  text(): Promise<string>
  /** Media type of that page. */
  readonly contentType: string
}

/** What metrics may be told of. */
export interface MetricsOptions {
  /** Memory, CPU, garbage collection and event-loop lag of the process; true by default. */
  readonly process?: boolean
  /** Lines that the log has lost. */
  readonly droppedLines?: () => number
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const JOB_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600]

/** Makes a registry of its own, so that two services in one process do not share numbers. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  if (options.process ?? true) collectDefaultMetrics({ register: registry })
  const { requests, durations, errors } = requestMetrics(registry)
  const jobs = new Histogram({
    name: 'job_duration_seconds',
    help: 'Seconds that one attempt of a background job took.',
    labelNames: ['task', 'status'],
    buckets: JOB_SECONDS,
    registers: [registry],
  })
  const unsafe = new Gauge({
    name: 'plinth_unsafe_choice',
    help: '1 for each setting that is chosen against the safe default.',
    labelNames: ['setting'],
    registers: [registry],
  })
  if (options.droppedLines !== undefined) droppedLines(registry, options.droppedLines)
  return {
    registry,
    observeRequest: (request) => {
      const labels = labelsOf(request)
      requests.inc(labels)
      durations.observe(labels, request.seconds)
      if (request.status >= 500) errors.inc(labels)
    },
    observeJob: ({ task, status, seconds }) => jobs.observe({ task, status }, seconds),
    unsafeChoice: (setting) => unsafe.set({ setting }, 1),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function requestMetrics(registry: Registry) {
  const labelNames = ['method', 'path', 'status'] as const
  const registers = [registry]
  return {
    requests: new Counter({
      name: 'http_requests_total',
      help: 'Requests answered.',
      labelNames,
      registers,
    }),
    durations: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Seconds from the first byte of a request to the last of its answer.',
      labelNames,
      buckets: REQUEST_SECONDS,
      registers,
    }),
    errors: new Counter({
      name: 'http_request_errors_total',
      help: 'Requests that the service itself failed to answer (status 500 and above).',
      labelNames,
      registers,
    }),
  }
}

/** Every label has few values, whatever is asked: a label made of input would eat the memory. */
function labelsOf({ method, route, status }: RequestObservation) {
  return {
    method: METHODS.has(method) ? method : 'OTHER',
    path: route ?? 'none',
    status: String(status),
  }
}

function droppedLines(registry: Registry, count: () => number): void {
  const counter = new Counter({
    name: 'plinth_log_lines_dropped_total',
    help: 'Log lines that could not be written.',
    registers: [registry],
    collect: () => {
      counter.reset()
      counter.inc(count())
    },
  })
}
