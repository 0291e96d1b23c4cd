import type { Registry as MetricsRegistry } from 'prom-client'
import { Counter, collectProcessMetrics, Gauge, Histogram, Registry } from './prometheus.ts'
import type { RequestObservation } from './request-metrics.ts'
import { requestMetrics } from './request-metrics.ts'

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
  readonly registry: MetricsRegistry
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
  /**
   * Memory, CPU, garbage collection and event-loop lag of the process, from the first time that the page
   * is asked for; true by default.
   */
  readonly process?: boolean
  /** Lines that the log has lost. */
  readonly droppedLines?: () => number
}

const JOB_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600]

/** Makes a registry of its own, so that two services in one process do not share numbers. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry()
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
  let isCollecting = !(options.process ?? true)
  return {
    registry,
    observeRequest: requestMetrics(registry),
    observeJob: ({ task, status, seconds }) => jobs.observe({ task, status }, seconds),
    unsafeChoice: (setting) => unsafe.set({ setting }, 1),
    text: () => {
      if (!isCollecting) collectProcessMetrics(registry)
      isCollecting = true
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

function droppedLines(registry: MetricsRegistry, count: () => number): void {
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
