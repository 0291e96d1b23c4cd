import { isNewer } from '../version-order.ts'
import type { Settle, Value } from './merge-values.ts'

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
const OWN = new Set(['plinth', '@plinth/cli'])

/**
 * A dependency that both sides moved: Plinth's own packages go to the version of the update, any other
 * to the newer of the two; undefined where they cannot be compared (a git URL, a tag).
 */
export const settleDependency: Settle = (path, { mine, theirs }) => {
  const [section = '', name = ''] = path
  if (path.length !== 2 || !SECTIONS.includes(section)) return undefined
  if (OWN.has(name)) return theirs
  const newer = isNewer(String(mine), String(theirs))
  if (newer === undefined) return undefined
  return newer ? mine : theirs
}

/**
 * A package.json with each dependency in the section that the owner keeps it in, so that a dependency
 * which the owner moved is merged where it stands now.
 */
export function withSectionsOf(mine: Value, other: Value): Value {
  const placed: Record<string, Record<string, Value>> = {}
  for (const section of SECTIONS)
    for (const [name, range] of entriesIn(other, section)) {
      const place = entriesIn(mine, section).has(name) ? section : homeOf(mine, name)
      placed[place ?? section] = { ...placed[place ?? section], [name]: range }
    }
  return { ...(typeof other === 'object' ? other : {}), ...withoutEmpty(other, placed) }
}

function homeOf(manifest: Value, name: string): string | undefined {
  return SECTIONS.find((section) => entriesIn(manifest, section).has(name))
}

function withoutEmpty(other: Value, placed: Readonly<Record<string, Record<string, Value>>>) {
  const there = SECTIONS.filter((section) => entriesIn(other, section).size > 0)
  return Object.fromEntries(
    [...new Set([...there, ...Object.keys(placed)])].map((section) => [
      section,
      placed[section] ?? {},
    ]),
  )
}

function entriesIn(manifest: Value, section: string): ReadonlyMap<string, Value> {
  const found = typeof manifest === 'object' && manifest !== null && Reflect.get(manifest, section)
  return new Map(typeof found === 'object' && found !== null ? Object.entries(found) : [])
}
