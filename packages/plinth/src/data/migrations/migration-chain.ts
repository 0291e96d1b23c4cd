import type { Migration } from './migration-files.ts'

/** What the first migration of a service comes after. */
export const NOTHING = 'nothing'

/** The first line of an up file: which migration it was written on. */
export function afterLine(name: string = NOTHING): string {
  return `-- after: ${name}`
}

/** The migrations that no other one comes after: one, unless two people wrote at the same time. */
export function headsOf(files: readonly Migration[]): readonly Migration[] {
  const followed = new Set(files.map(({ after }) => after))
  return files.filter(({ name }) => !followed.has(name))
}

/**
 * Why the files are not one line, each after the one before it; undefined when they are. There is no
 * file that lists them, which two branches would both have to change: each names its predecessor.
 */
export function chainFault(files: readonly Migration[]): string | undefined {
  const bare = files.find(({ after }) => after === undefined)
  if (bare !== undefined) {
    const before = files[files.indexOf(bare) - 1]
    return `${bare.name}.up.sql must begin with the line "${afterLine(before?.name)}", the migration that it comes after`
  }
  const twin = files.find((file, at) =>
    files.some(({ after }, i) => i < at && after === file.after),
  )
  if (twin !== undefined) return twoHeads(files, twin)
  const lost = files.find((file, at) => file.after !== (files[at - 1]?.name ?? NOTHING))
  if (lost === undefined) return sameNumber(files)
  return `${lost.name}.up.sql says that it comes after ${lost.after}, and the one before it is ${files[files.indexOf(lost) - 1]?.name ?? NOTHING}; "plinth db renumber" puts them in a line`
}

function twoHeads(files: readonly Migration[], twin: Migration): string {
  const other = files.find(({ name, after }) => after === twin.after && name !== twin.name)
  const heads = headsOf(files)
  const named = heads.length > 1 ? heads.map(({ name }) => name) : [other?.name ?? '', twin.name]
  return `Two migrations come after ${twin.after}: ${other?.name}.up.sql and ${twin.name}.up.sql, so there are several heads (${named.join(', ')}); run "plinth db renumber", which puts one after the other`
}

function sameNumber(files: readonly Migration[]): string | undefined {
  const second = files.find(({ number }, at) => files[at - 1]?.number === number)
  if (second === undefined) return undefined
  const first = files[files.indexOf(second) - 1]
  return `${first?.name} and ${second.name} have the same number; run "plinth db renumber"`
}
