import type { Applied } from './history.ts'
import { afterLine, NOTHING } from './migration-chain.ts'
import type { Migration } from './migration-files.ts'

/** One migration that gets another name, another predecessor, or both. */
export interface Renumbered {
  readonly from: string
  readonly to: string
  /** The up text with its new first line. */
  readonly up: string
}

/**
 * Puts branches of migrations one after the other: what is applied stays where it is, the branch that
 * ends in `last` goes to the end, else the one that sorts last.
 * @returns what changes, in the order in which files may be renamed; empty when they are one line
 * @throws Error when an applied migration would have to change
 */
export function renumbered(
  files: readonly Migration[],
  applied: readonly Applied[],
  last?: string,
): Renumbered[] {
  const done = new Set(applied.map(({ name }) => name))
  const ordered = inLine(files, done, last)
  const changes: Renumbered[] = []
  let before: { number: number; name: string } = { number: 0, name: NOTHING }
  for (const file of ordered) {
    const number = file.number > before.number ? file.number : before.number + 1
    const name = `${String(number).padStart(4, '0')}${file.name.slice(4)}`
    if (name !== file.name || file.after !== before.name) {
      if (done.has(file.name)) throw new Error(moved(file.name, before.name))
      changes.push({ from: file.name, to: name, up: withAfter(file, before.name) })
    }
    before = { number, name }
  }
  // From the end, so that no file takes a name that another one still has.
  return changes.reverse()
}

function moved(name: string, before: string): string {
  return `${name} is applied here and would have to come after ${before}; name the other branch: "plinth db renumber <name of its last migration>"`
}

/** Depth first: a whole branch, then the next one. */
function inLine(
  files: readonly Migration[],
  done: ReadonlySet<string>,
  last?: string,
): Migration[] {
  const known = new Set(files.map(({ name }) => name))
  const following = (name: string): Migration[] =>
    files.filter((file, at) => {
      if (file.after === name) return true
      // Without a known predecessor, a file goes where its number says.
      const lost = file.after === undefined || (file.after !== NOTHING && !known.has(file.after))
      return lost && (files[at - 1]?.name ?? NOTHING) === name
    })
  const branch = (file: Migration): Migration[] => [file, ...next(file.name)]
  const rank = (names: readonly Migration[]): number => {
    if (names.some(({ name }) => name === last)) return 2
    return names.some(({ name }) => done.has(name)) ? 0 : 1
  }
  const next = (name: string): Migration[] =>
    following(name)
      .map(branch)
      .sort((one, other) => rank(one) - rank(other))
      .flat()
  return next(NOTHING)
}

function withAfter({ up, after }: Migration, name: string): string {
  const rest = after === undefined ? up : up.replace(/^[^\n]*\n?/, '')
  return `${afterLine(name)}\n${rest}`
}
