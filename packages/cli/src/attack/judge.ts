import type { Verdict } from './attack-report.ts'
import type { HttpReply } from './http-request.ts'
import { markIn, shows } from './marks.ts'
import { intrusion } from './row-state.ts'
import type { Scene } from './scene.ts'
import type { Shot, States } from './vector.ts'

/** What one shot came to, and why. */
export interface Judgement {
  readonly verdict: Exclude<Verdict, 'none'>
  readonly why: string
}

/** What came back, and what it did to the rows. */
export interface Outcome {
  readonly reply: HttpReply
  /** What the same request for a row that nobody has was answered. */
  readonly like: HttpReply | undefined
  readonly states: States
}

const held: Judgement = { verdict: 'held', why: '' }

/** Judges an answer by what is declared: the status, what it shows, and what it did. */
export function judge(scene: Scene, shot: Shot, outcome: Outcome): Judgement {
  const { reply, states } = outcome
  const hole = (why: string): Judgement => ({ verdict: 'hole', why })
  const shown = shownBy(scene, shot, outcome)
  if (shown !== undefined) return hole(`the answer ${reply.status} shows ${shown}`)
  const done = shot.untouched ? intruded(scene, states) : undefined
  if (done !== undefined) return hole(`after the answer ${reply.status} ${done}`)
  const trace = shot.afterwards?.(reply, states)
  if (trace !== undefined) return hole(`after the answer ${reply.status} ${trace}`)
  return byStatus(shot, outcome)
}

function shownBy(
  scene: Scene,
  shot: Shot,
  { reply: { text }, states }: Outcome,
): string | undefined {
  const { ours, theirs } = scene
  const { path, body } = shot.request
  const sent = [decodeURIComponent(path), body]
  const hidden = markIn(text, [...ours.marks.hidden, ...theirs.marks.hidden], sent)
  if (hidden !== undefined) return `a hidden value (${hidden})`
  const unseen = shot.unseen.filter(
    (mark) => shows(text, mark) && !isTakenOver(scene, states, mark),
  )
  const foreign = markIn(text, unseen, sent)
  return foreign === undefined ? undefined : `a value of a row that is not theirs (${foreign})`
}

/** What a hole has let into the attackers' own rows is theirs to see from then on. */
function isTakenOver({ ours }: Scene, { before }: States, mark: string): boolean {
  if (!ours.marks.all.includes(mark)) return false
  const rows = [...before.theirs.values()].flatMap((byId) => [...byId.values()])
  return rows.some((row) => Object.values(row).includes(mark))
}

function intruded({ ours, theirs }: Scene, { before, after }: States): string | undefined {
  const one = intrusion(before.ours, after.ours, ours.seeded)
  return one ?? intrusion(before.theirs, after.theirs, theirs.seeded)
}

function byStatus({ expects, request }: Shot, { reply: { status }, like }: Outcome): Judgement {
  if (status === 500)
    return { verdict: 'hole', why: 'it answered 500, which nobody may bring about' }
  if (expects === 'any' || expects.includes(status)) return held
  if (like !== undefined && like.status === status && status < 500)
    return status === 422 || status === 400 ? unreached(request.body) : held
  return { verdict: 'hole', why: `it answered ${status} and not ${expects.join(' or ')}` }
}

function unreached(body: string | undefined): Judgement {
  const why = `no input could be made that it takes${body === undefined ? '' : `: it refused ${body}`}`
  return { verdict: 'unreached', why }
}
