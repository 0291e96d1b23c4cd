import { editDistance, nearest } from '../kernel/index.ts'
import type { Notice } from './fault.ts'
import type { SettingNames } from './setting-names.ts'
import type { Variable } from './variable.ts'

const SHORTEST = 6
const MOST_EDITS = 3

/** Variables that nothing reads and that look like a slip of the pen for a known name. */
export function nearNames(
  names: SettingNames,
  variables: ReadonlyMap<string, Variable>,
  used: ReadonlySet<string>,
): readonly Notice[] {
  const known = names.variables.map(({ name }) => name)
  const isKnown = new Set([...known, ...known.map((name) => `${name}_FILE`), ...used])
  const notices: Notice[] = []
  for (const [name, { place }] of variables) {
    if (isKnown.has(name) || name.length < SHORTEST) continue
    const near = nearest(
      name,
      known.filter((candidate) => looksLike(name, candidate)),
    )
    if (near === undefined || variables.has(near)) continue
    const says = `${name} is not a name this service knows; did you mean ${near}?`
    notices.push({ code: 'config.near_name', place, says })
  }
  return notices
}

function looksLike(name: string, known: string): boolean {
  // Thousands of pairs at each start: most differ too much in length to be looked at.
  const longer = Math.abs(name.length - known.length)
  if (longer > MOST_EDITS) return false
  const allowed = sharesStart(name, known) ? MOST_EDITS : 2
  if (longer > allowed || strangers(name, known) > allowed) return false
  return editDistance(name, known) <= allowed
}

function sharesStart(name: string, known: string): boolean {
  return name.split('_')[0] === known.split('_')[0]
}

/** Letters of one text that the other has nowhere: each costs an edit, and counting them costs little. */
function strangers(name: string, known: string): number {
  let count = 0
  for (const letter of name) if (!known.includes(letter)) count += 1
  return count
}
