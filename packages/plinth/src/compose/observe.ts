import type { HttpSettings, RequestSummary } from '../http/index.ts'
import type { Log, Metrics } from '../telemetry/index.ts'

/** Counts every request and logs those that are worth a line: slow ones, failed ones, or all. */
export function createObserver(
  settings: Pick<HttpSettings, 'log_requests' | 'slow_request_ms'>,
  log: Log,
  metrics: Metrics,
): (summary: RequestSummary) => void {
  const { log_requests: which, slow_request_ms: slowMs } = settings
  return (summary) => {
    const { method, path, status, durationMs } = summary
    metrics.observeRequest({ method, route: path, status, seconds: durationMs / 1000 })
    if (which === 'none') return
    if (which === 'slow' && status < 500 && durationMs < slowMs) return
    log.info(lineOf(summary), 'request completed')
  }
}

function lineOf(summary: RequestSummary): object {
  return {
    request_id: summary.requestId,
    method: summary.method,
    path: summary.path,
    status: summary.status,
    duration_ms: Math.round(summary.durationMs * 10) / 10,
    client_ip: summary.clientAddress,
    actor_id: summary.person,
  }
}
