import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import type { Context, Feature } from '../../feature/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { Clock } from '../../kernel/index.ts'

/** One dependency of the process. */
export interface HealthCheck {
  /** Name in `/health/ready`: `database`. */
  readonly name: string
  /** Whether the process is of no use without it: then its loss makes the process not ready. */
  readonly critical: boolean
  /** Resolves when usable; its rejection goes to the log, never into an answer. Absent = disabled. */
  readonly check?: () => Promise<void>
}

type Status = 'healthy' | 'unhealthy' | 'degraded' | 'disabled'

/** What the health routes are made from. */
export interface HealthDeps {
  readonly environment: string
  readonly checks: readonly HealthCheck[]
  readonly clock: Clock
  /** True from SIGTERM on: load balancers stop sending before the socket closes. */
  readonly draining: () => boolean
  /** Milliseconds a check may take; 2,000 by default. */
  readonly timeoutMs?: number
}

const probe = open('health probe')
const UNLIMITED = { unlimited: 'a probe that is refused takes a healthy process out of service' }
const Alive = z.object({ status: z.literal('ok') })
const Ready = z.object({
  status: z.enum(['ready', 'not_ready']),
  environment: z.string(),
  checks: z.record(z.string(), z.object({ status: z.string() })),
})

/** `/health`, `/health/live`, `/health/ready` and one address for each dependency. */
export function healthFeature(deps: HealthDeps): Feature {
  const states = deps.checks.map((check) => createState(deps, check))
  return feature('health', {
    routes: [
      route('GET /health', {
        summary: 'Whether the process answers',
        access: probe,
        anonymous: true,
        limit: UNLIMITED,
        tenant: 'none',
        returns: Alive,
        handle: alive,
      }),
      route('GET /health/live', {
        summary: 'Whether the process is alive',
        access: probe,
        anonymous: true,
        limit: UNLIMITED,
        tenant: 'none',
        returns: Alive,
        handle: alive,
      }),
      readyRoute(deps, states),
      ...states.map(checkRoute),
    ],
  })
}

const alive = () => ({ status: 'ok' as const })

interface State {
  readonly check: HealthCheck
  status(context: Context): Promise<Status>
}

function readyRoute(deps: HealthDeps, states: readonly State[]): RouteOptions {
  return route('GET /health/ready', {
    summary: 'Whether the process can serve, and what it lacks',
    access: probe,
    anonymous: true,
    limit: UNLIMITED,
    tenant: 'none',
    returns: Ready,
    handle: async (context) => {
      const found = await Promise.all(states.map((state) => state.status(context)))
      const lost = states.some(({ check }, at) => check.critical && found[at] === 'unhealthy')
      const ready = !lost && !deps.draining()
      context.reply.code(ready ? 200 : 503)
      const checks = states.map(({ check }, at) => [
        check.name,
        { status: found[at] ?? 'unhealthy' },
      ])
      return {
        status: ready ? ('ready' as const) : ('not_ready' as const),
        environment: deps.environment,
        checks: Object.fromEntries(checks),
      }
    },
  })
}

function checkRoute(state: State): RouteOptions {
  return route(`GET /health/${state.check.name}`, {
    access: probe,
    anonymous: true,
    limit: UNLIMITED,
    tenant: 'none',
    hidden: true,
    returns: z.object({ status: z.string() }),
    handle: async (context) => {
      const status = await state.status(context)
      context.reply.code(status === 'unhealthy' || status === 'degraded' ? 503 : 200)
      return { status }
    },
  })
}

const KEEP_MS = 1_000

/** Asks a dependency at most once a second, however many probes there are. */
function createState(deps: HealthDeps, check: HealthCheck): State {
  let askedAt = Number.NEGATIVE_INFINITY
  let answer: Promise<Status> = Promise.resolve('disabled')
  return {
    check,
    status: (context) => {
      if (check.check === undefined) return Promise.resolve('disabled')
      if (deps.clock.monotonic() - askedAt < KEEP_MS) return answer
      askedAt = deps.clock.monotonic()
      answer = ask(check, deps.timeoutMs ?? 2_000, context)
      return answer
    },
  }
}

async function ask(check: HealthCheck, timeoutMs: number, context: Context): Promise<Status> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    await Promise.race([check.check?.(), late])
    return 'healthy'
  } catch (error) {
    context.log.warn({ check: check.name, error }, 'dependency unusable')
    return check.critical ? 'unhealthy' : 'degraded'
  } finally {
    clearTimeout(timer)
  }
}
