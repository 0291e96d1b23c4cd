import type { AnyEntity } from 'plinth/data'
import { marksOf } from './marks.ts'
import { pathFor } from './request-input.ts'
import type { Target } from './target.ts'
import { isUnsafe } from './target.ts'
import type { Shot, Vector } from './vector.ts'
import { requestTo } from './vector.ts'

/**
 * Somebody of the same tenant who may do everything but reach other people's rows, on the routes of
 * entities whose rows belong to people.
 */
export const anotherPerson: Vector = {
  name: 'another person',
  column: 'person',
  fix: 'Read and write rows of `owned: "person"` for `principal.person` only, as crud() does, unless the caller holds `<entity>:all`.',
  async shots(scene, target) {
    const { entity } = target
    if (entity === undefined || !isAboutPeoplesRows(target, entity)) return []
    const { ours, permissions } = scene
    const can = permissions.filter((one) => one !== entity.can.all?.permission)
    const key = `all but ${entity.name}:all`
    const { headers } = await scene.known(key, { tenant: ours.slug, can })
    const request = requestTo(scene, target, { subject: ours, which: 'kept', headers })
    const shot: Shot = {
      by: `somebody of the same tenant without ${entity.name}:all`,
      request,
      expects: 'any',
      unseen: marksOf([entity], ours.seeded).all,
      untouched: isUnsafe(target),
    }
    if (target.params.length === 0) return [shot]
    const path = pathFor(scene.input, target, { subject: ours, which: 'unknown' })
    return [{ ...shot, expects: [404], like: { ...request, path } }]
  },
}

function isAboutPeoplesRows(target: Target, { declaration }: AnyEntity): boolean {
  return declaration.owned === 'person' && asksTheUsual(target)
}

/** Whether a route asks for no permission of its own: one may well be there for other people's rows. */
export function asksTheUsual({ facts: { access }, entity }: Target): boolean {
  if (access.kind !== 'can') return access.kind !== 'open'
  if (entity === undefined) return false
  const { create, read, update, delete: remove } = entity.can
  return [create, read, update, remove].some(({ permission }) => permission === access.permission)
}
