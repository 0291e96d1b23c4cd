import type { AttackedRoute, AttackReport, Hole, Verdict } from './attack-report.ts'
import type { Judgement } from './judge.ts'
import { judge } from './judge.ts'
import type { RowState } from './row-state.ts'
import { rowState } from './row-state.ts'
import type { Scene } from './scene.ts'
import type { Target } from './target.ts'
import { nameOf } from './target.ts'
import type { Shot, States, Vector } from './vector.ts'

/** What an attack counts while it goes on. */
interface Tally {
  requests: number
  state: States['before']
  readonly holes: Hole[]
  readonly notes: Set<string>
}

/** Tries every way of attack on some routes, one request after the other. */
export async function runAttack(
  scene: Scene,
  {
    targets,
    vectors,
  }: { readonly targets: readonly Target[]; readonly vectors: readonly Vector[] },
): Promise<Omit<AttackReport, 'routes'> & { readonly verdicts: VerdictsOf }> {
  const state = await readBoth(scene)
  const tally: Tally = { requests: 0, state, holes: [], notes: new Set(scene.notes) }
  const verdicts = new Map<Target, Record<string, Verdict>>()
  for (const vector of vectors) {
    await vector.prepare?.(scene)
    for (const target of targets) {
      const verdict = await attackOne(scene, tally, { vector, target })
      verdicts.set(target, { ...verdicts.get(target), [vector.name]: verdict })
    }
  }
  const { requests, holes, notes } = tally
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
  if (shot.untouched || shot.afterwards !== undefined) tally.state = await readBoth(scene)
  return judge(scene, shot, { reply, like, states: { before, after: tally.state } })
}

async function send(scene: Scene, tally: Tally, request: Shot['request']) {
  tally.requests += 1
  return scene.send(request)
}

async function readBoth({ world, ours, theirs, input }: Scene): Promise<States['before']> {
  const state = (side: Scene['ours']): Promise<RowState> =>
    rowState(
      world.database,
      side,
      // Rows of nobody are everybody's to change who may.
      input.entities.filter(
        ({ name, declaration }) => side.rows.has(name) && declaration.owned !== 'nobody',
      ),
    )
  const [ofOurs, ofTheirs] = await Promise.all([state(ours), state(theirs)])
  return { ours: ofOurs, theirs: ofTheirs }
}
