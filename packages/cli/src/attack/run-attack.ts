import type { AttackedRoute, AttackReport, Hole, Verdict } from './attack-report.ts'
import type { Judgement } from './judge.ts'
import { judge } from './judge.ts'
import type { RowState } from './row-state.ts'
import { rowState } from './row-state.ts'
import type { HaveChanged } from './row-watch.ts'
import { watchingRows } from './row-watch.ts'
import type { Scene, Side } from './scene.ts'
import type { Target } from './target.ts'
import { nameOf } from './target.ts'
import type { Shot, States, Vector } from './vector.ts'

/** What an attack counts while it goes on. */
interface Tally {
  requests: number
  state: States['before']
  readonly haveChanged: HaveChanged
  readonly holes: Hole[]
  readonly notes: Set<string>
}

/** What is attacked, and how. */
export interface AttackPlan {
  readonly targets: readonly Target[]
  readonly vectors: readonly Vector[]
}

/** What an attack came to, without the routes. */
export type AttackOutcome = Omit<AttackReport, 'routes'> & { readonly verdicts: VerdictsOf }

/** Tries every way of attack on some routes, one request after the other. */
export function runAttack(scene: Scene, plan: AttackPlan): Promise<AttackOutcome> {
  const { world, ours, theirs } = scene
  const watched = new Set([...watchedOf(scene, ours), ...watchedOf(scene, theirs)])
  const { adminUrl } = world.testDatabase
  return watchingRows(adminUrl, [...watched], (haveChanged) => attackAll(scene, plan, haveChanged))
}

async function attackAll(
  scene: Scene,
  { targets, vectors }: AttackPlan,
  haveChanged: HaveChanged,
): Promise<AttackOutcome> {
  // The look comes first: what changes between the two is seen by the next one.
  await haveChanged()
  const state = await readBoth(scene)
  const notes = new Set(scene.notes)
  const tally: Tally = { requests: 0, state, haveChanged, holes: [], notes }
  const verdicts = new Map<Target, Record<string, Verdict>>()
  for (const vector of vectors) {
    await vector.prepare?.(scene)
    for (const target of targets) {
      const verdict = await attackOne(scene, tally, { vector, target })
      verdicts.set(target, { ...verdicts.get(target), [vector.name]: verdict })
    }
  }
  const { requests, holes } = tally
  return { requests, holes, notes: [...notes], verdicts }
}

/** How each route stood each way. */
export type VerdictsOf = ReadonlyMap<Target, AttackedRoute['verdicts']>

interface Attempt {
  readonly vector: Vector
  readonly target: Target
}

async function attackOne(scene: Scene, tally: Tally, attempt: Attempt): Promise<Verdict> {
  const { vector, target } = attempt
  const shots = await vector.shots(scene, target)
  const judged: { readonly shot: Shot; readonly judgement: Judgement }[] = []
  for (const shot of shots) judged.push({ shot, judgement: await fire(scene, tally, shot) })
  const route = nameOf(target)
  const open = judged.filter(({ judgement }) => judgement.verdict === 'hole')
  const [first] = open
  if (first !== undefined) {
    const what = `${first.shot.by}: ${first.judgement.why}`
    const { place } = target
    tally.holes.push({
      vector: vector.name,
      route,
      what,
      place,
      more: open.length - 1,
      fix: vector.fix,
    })
  }
  for (const { judgement } of judged)
    if (judgement.verdict === 'unreached')
      tally.notes.add(`${route}: ${judgement.why}; give its schema examples.`)
  return worstOf(judged.map(({ judgement }) => judgement.verdict))
}

function worstOf(verdicts: readonly Verdict[]): Verdict {
  return RANK.find((verdict) => verdicts.includes(verdict)) ?? 'none'
}

const RANK: readonly Verdict[] = ['hole', 'unreached', 'held']

async function fire(scene: Scene, tally: Tally, shot: Shot): Promise<Judgement> {
  const like = shot.like && (await send(scene, tally, shot.like))
  const before = tally.state
  const reply = await send(scene, tally, shot.request)
  const matters = shot.untouched || shot.afterwards !== undefined
  if (matters && (await tally.haveChanged())) tally.state = await readBoth(scene)
  return judge(scene, shot, { reply, like, states: { before, after: tally.state } })
}

async function send(scene: Scene, tally: Tally, request: Shot['request']) {
  tally.requests += 1
  return scene.send(request)
}

async function readBoth(scene: Scene): Promise<States['before']> {
  const { database } = scene.world
  const state = (side: Side): Promise<RowState> => rowState(database, side, watchedOf(scene, side))
  const [ours, theirs] = await Promise.all([state(scene.ours), state(scene.theirs)])
  return { ours, theirs }
}

/** The entities that a side was given rows of. Rows of nobody are everybody's to change who may. */
function watchedOf({ input }: Scene, { rows }: Side) {
  return input.entities.filter(
    ({ name, declaration }) => rows.has(name) && declaration.owned !== 'nobody',
  )
}
