import { diff3Merge } from 'node-diff3'
import type { Clash, Merged, Versions } from './versions.ts'

/** The first line of a conflict, as git writes it. */
export const MARKER = '<<<<<<< yours'

const MIDDLE = '======='
const END = '>>>>>>> plinth'

/**
 * Merges line by line; where both sides changed the same lines, both stand between git's markers. Whether
 * the last line ends is the owner's, and no change of that line.
 */
export function mergeLines(versions: Versions): Merged {
  const [mine, base, theirs] = [versions.mine, versions.base, versions.theirs].map(endedLines)
  const regions = diff3Merge(mine ?? [], base ?? [], theirs ?? [], { excludeFalseConflicts: true })
  const lines: string[] = []
  const clashes: Clash[] = []
  for (const { ok, conflict } of regions) {
    for (const line of ok ?? []) lines.push(line)
    if (conflict === undefined) continue
    const from = lines.length + 1
    lines.push(MARKER, ...conflict.a, MIDDLE, ...conflict.b, END)
    clashes.push({
      where: `lines ${from}-${lines.length}`,
      mine: conflict.a.join('\n'),
      theirs: conflict.b.join('\n'),
      marked: true,
    })
  }
  const text = lines.join('\n')
  return { text: isEnded(versions) ? text : text.replace(/\n$/, ''), clashes }
}

function endedLines(text: string): string[] {
  return linesOf(text === '' || text.endsWith('\n') ? text : `${text}\n`)
}

function isEnded({ base, mine, theirs }: Versions): boolean {
  const same = mine.endsWith('\n') === base.endsWith('\n')
  return (same ? theirs : mine).endsWith('\n')
}

/** Whether a conflict of `mergeLines`, or one of git's own, is still open in a text. */
export function hasMarkers(text: string): boolean {
  return /^(<{7} .*|={7}|>{7} .*)\r?$/m.test(text) && /^<{7} /m.test(text)
}

const FEWEST_KEPT = 0.2

/**
 * Whether hardly a line of the template's text is left: then it is a text of the owner's, and a merge
 * would be one big conflict for the rest of its life.
 */
export function isRewritten({ base, mine }: Pick<Versions, 'base' | 'mine'>): boolean {
  const telling = linesOf(base).filter((line) => line.trim().length > 3)
  const own = new Set(linesOf(mine))
  return (
    telling.length > 0 &&
    telling.filter((line) => own.has(line)).length < telling.length * FEWEST_KEPT
  )
}

function linesOf(text: string): string[] {
  return text.split('\n')
}
