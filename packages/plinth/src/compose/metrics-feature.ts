import { open } from '../access/index.ts'
import type { Feature } from '../feature/index.ts'
import { feature, route } from '../feature/index.ts'
import type { Secret } from '../kernel/index.ts'
import type { Metrics } from '../telemetry/index.ts'
import { metricsAccess } from '../telemetry/index.ts'
import { composeProblems } from './compose.errors.ts'

/** `GET /metrics` in Prometheus' text format. */
export function metricsFeature(metrics: Metrics, token: Secret | undefined): Feature {
  return feature('metrics', {
    routes: [
      route('GET /metrics', {
        access: open('Prometheus; guarded by METRICS_TOKEN or loopback'),
        anonymous: true,
        limit: { unlimited: 'what is collected while limits are reached is what explains it' },
        tenant: 'none',
        hidden: true,
        status: 200,
        handle: async ({ reply, request, actor }) => {
          const answer = metricsAccess(
            token,
            request.headers.authorization,
            actor.clientAddress ?? '',
          )
          if (answer === 'unauthorized') throw composeProblems.unauthorized()
          if (answer === 'forbidden') throw composeProblems.forbidden()
          await reply.type(metrics.contentType).send(await metrics.text())
        },
      }),
    ],
  })
}
