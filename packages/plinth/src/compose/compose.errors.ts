import { problem } from '../kernel/index.ts'

/** What `/metrics` refuses. */
export const composeProblems = {
  unauthorized: problem('metrics.unauthorized', 401, 'Send METRICS_TOKEN as a bearer token.'),
  forbidden: problem(
    'metrics.forbidden',
    403,
    'Metrics are open to this machine only; set METRICS_TOKEN to read them from elsewhere.',
  ),
} as const
