import { newId } from 'plinth/kernel'
import { marksOf } from './marks.ts'
import { asksTheUsual } from './person-vectors.ts'
import type { ReferenceField } from './request-input.ts'
import { referencesIn, withReference } from './request-input.ts'
import type { Scene, Side } from './scene.ts'
import { ownerOf } from './scene.ts'
import { seedRows } from './seeded-rows.ts'
import type { Target } from './target.ts'
import type { Shot, Vector } from './vector.ts'
import { requestTo, withBody } from './vector.ts'

/**
 * A row that refers to another person's row of the same tenant, by somebody who may do everything but
 * reach other people's rows: it is answered like a reference to a row that nobody has.
 */
export const referencesToOthers: Vector = {
  name: 'references to another person',
  column: 'theirs',
  fix: 'Write with `{ mayRefer: mayReferFor(context) }` from plinth/entities, as crud() does: insert(db, body, undefined, { mayRefer }).',
  async shots(scene, target) {
    const fields = referencesIn(scene.input, target).filter(
      ({ to }) => to.declaration.owned === 'person' && scene.ours.rows.has(to.name),
    )
    if (fields.length === 0 || target.facts.takesForm || !asksTheUsual(target)) return []
    const colleague = await colleagueOf(scene)
    const shots: Shot[] = []
    for (const field of fields) shots.push(await naming(scene, target, { field, colleague }))
    return shots
  },
}

interface Naming {
  readonly field: ReferenceField
  readonly colleague: Side
}

async function naming(scene: Scene, target: Target, { field, colleague }: Naming): Promise<Shot> {
  const { ours, send } = scene
  const { to, steps } = field
  const { headers } = colleague.caller
  // Other values each time: some must be unique.
  const request = (id = '') => {
    const plain = requestTo(scene, target, { subject: colleague, which: 'own', headers })
    return withBody(plain, 'application/json', withReference(plain.body, field, id))
  }
  const unknown = request(newId())
  const { status } = await send(unknown)
  const isReached = !REFUSED.has((await send(request(colleague.rows.get(to.name)?.own.id))).status)
  return {
    by: `somebody without ${to.name}:all who writes the id of another person’s row into ${steps.join('.')}`,
    request: request(ours.rows.get(to.name)?.kept.id),
    expects: isReached ? [status] : [],
    ...(!isReached && { like: unknown }),
    unseen: marksOf([to], ours.seeded).all,
    untouched: true,
  }
}

/** What a body is refused with for what it says. */
const REFUSED = new Set([400, 422])

const colleagues = new WeakMap<Scene, Promise<Side>>()

/** Somebody of the attacked tenant with rows of their own, and without `<entity>:all` of any. */
function colleagueOf(scene: Scene): Promise<Side> {
  const known = colleagues.get(scene) ?? makeColleague(scene)
  colleagues.set(scene, known)
  return known
}

async function makeColleague({ world, input, ours, signIn, permissions }: Scene): Promise<Side> {
  const all = new Set(input.entities.map(({ can }) => can.all?.permission))
  const can = permissions.filter((one) => !all.has(one))
  const who = `colleague-in-${ours.slug}`
  const caller = await signIn({ tenant: ours.slug, can }, who)
  const owner = await ownerOf(world.database, who)
  const seeded = await seedRows({ ...input, database: world.database }, owner)
  return { ...ours, ...owner, caller, seeded, rows: seeded.rows, ids: new Map() }
}
