import { describeAccess } from 'plinth/access'
import type { Details } from '../service-process/questions.ts'
import { startServiceWorld } from '../service-process/service-world.ts'
import type { AttackedRoute, AttackReport } from './attack-report.ts'
import { attackOwnIdentity } from './own-identity.ts'
import { runAttack } from './run-attack.ts'
import type { Scene } from './scene.ts'
import { setScene } from './scene.ts'
import type { Target } from './target.ts'
import { nameOf } from './target.ts'
import { vectors } from './vectors.ts'
import { wallHoles } from './wall-holes.ts'

/** Starts the service in a folder, attacks it in every way, and stops it. Runs in a process of its own. */
export async function attackFrom(
  service: string,
  { only }: Details['attack'],
): Promise<AttackReport> {
  const started = await startServiceWorld(service)
  await using _world = started.world
  const walls = await wallHoles(started)
  const isMeant = (target: Target) => only === undefined || nameOf(target).includes(only)
  const strangers = await attackOwnIdentity(started, isMeant)
  const scene = await setScene(started)
  try {
    const targets = scene.targets.filter(isMeant)
    const { requests, holes, notes, verdicts } = await runAttack(scene, { targets, vectors })
    const routes = targets.map((target): AttackedRoute => {
      const { facts, place } = target
      const access = describeAccess(facts.access)
      return { route: nameOf(target), access, place, verdicts: verdicts.get(target) ?? {} }
    })
    return {
      requests: requests + strangers.requests,
      holes: [...walls, ...strangers.holes, ...holes],
      routes: [...routes, ...outside(scene)],
      notes: [...started.notes, ...strangers.notes, ...notes],
    }
  } finally {
    scene.close()
  }
}

/** Routes that were there before Plinth: named, so that nobody takes them for guarded. */
function outside({ world }: Scene): readonly AttackedRoute[] {
  return world.service
    .census()
    .filter(({ facts }) => facts === undefined)
    .map((entry) => ({ route: nameOf(entry), access: 'OUTSIDE', place: undefined, verdicts: {} }))
}
