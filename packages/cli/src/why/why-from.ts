import type { Statement } from 'plinth/data'
import type { Scene } from '../attack/scene.ts'
import { setScene } from '../attack/scene.ts'
import type { Target } from '../attack/target.ts'
import { nameOf } from '../attack/target.ts'
import { requestTo } from '../attack/vector.ts'
import type { Details } from '../service-process/questions.ts'
import type { ServiceWorld } from '../service-process/service-world.ts'
import { startServiceWorld } from '../service-process/service-world.ts'
import { explain } from './explain.ts'
import { nearestRoutes, routesMeant } from './find-routes.ts'
import { rateLimitsOf } from './rate-reasons.ts'
import { callersOf, limitsOf, problemsOf, tenantOf } from './reasons.ts'
import type { Cost, RouteReasons, WhyReport } from './why-report.ts'

/** Starts the service in a folder and says what decides about some of its routes. Runs in a process of its own. */
export async function whyFrom(service: string, asked: Details['why']): Promise<WhyReport> {
  const recorder = openRecorder()
  const started = await startServiceWorld(service, { onStatements: recorder.take })
  await using _world = started.world
  const scene = await setScene(started)
  try {
    const meant = routesMeant(scene.targets, asked)
    const routes: RouteReasons[] = []
    const query = queryOf(asked.path)
    const { rateLimits } = started
    for (const target of meant)
      routes.push(await reasonsOf(scene, target, { recorder, query, rateLimits }))
    const nearest = meant.length > 0 ? [] : nearestRoutes(scene.targets, asked)
    return { routes, nearest, notes: started.notes }
  } finally {
    scene.close()
  }
}

/** Keeps what goes to the database while it is asked to. */
function openRecorder() {
  let trips: (readonly Statement[])[] | undefined
  return {
    take: (statements: readonly Statement[]): void => {
      trips?.push(statements)
    },
    async during(work: () => Promise<number>) {
      const kept: (readonly Statement[])[] = []
      trips = kept
      const status = await work()
      trips = undefined
      return { status, trips: kept }
    },
  }
}

/** How the cost of a route is found out. */
interface Trial {
  readonly recorder: ReturnType<typeof openRecorder>
  /** What the person asks by, such as `?sort=name`; else one is made up. */
  readonly query: string | undefined
  readonly rateLimits: ServiceWorld['rateLimits']
}

function queryOf(path: string): string | undefined {
  const at = path.indexOf('?')
  return at < 0 ? undefined : path.slice(at)
}

async function reasonsOf(scene: Scene, target: Target, trial: Trial): Promise<RouteReasons> {
  const { method, url, facts, place } = target
  const { service } = scene.world
  return {
    route: nameOf(target),
    place,
    callers: callersOf(method, facts),
    tenant: tenantOf(facts, service.config),
    limits: [
      ...limitsOf(facts, service.config, bodyLimitOf(scene, target)),
      ...rateLimitsOf(target, trial.rateLimits),
    ],
    problems: problemsOf({ method, url }, facts, service.openApi()),
    cost: await costOf(scene, target, trial),
  }
}

function bodyLimitOf({ world }: Scene, { method, url }: Target): number | undefined {
  const routes = world.service.features.flatMap((one) => (one.routes ?? []).flat())
  const found = routes.find((one) => 'url' in one && one.url === url && one.method === method)
  return found !== undefined && 'bodyLimit' in found ? found.bodyLimit : undefined
}

/** One request of somebody who may, with the session in memory already. */
async function costOf(
  scene: Scene,
  target: Target,
  { recorder, query }: Trial,
): Promise<Cost | undefined> {
  const { ours, send } = scene
  const { headers } = ours.caller
  const made = requestTo(scene, target, { subject: ours, which: 'own', headers })
  const request =
    query === undefined ? made : { ...made, path: `${made.path.split('?')[0]}${query}` }
  const warm = target.method === 'GET' ? request : { method: 'GET', path: '/auth/web/me', headers }
  await send(warm)
  const { status, trips } = await recorder.during(async () => (await send(request)).status)
  const statements = await explain(scene.world.database.forTenant(ours.tenant), trips.flat())
  return { status, roundTrips: trips.length, statements }
}
