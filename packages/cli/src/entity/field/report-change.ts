import { say } from '../../dev/terminal.ts'
import { keptLine } from '../../sync/kept-line.ts'
import type { ChangedField } from './change-field.ts'
import type { StillNamed } from './still-named.ts'

/** What is said of a change. */
export interface ChangeReport {
  readonly json: boolean
  readonly dryRun: boolean
  /** Lines that still say the old name. */
  readonly still?: readonly StillNamed[]
}

/** Prints what changed in the module, line by line, and what was written. */
export function reportChange(changed: ChangedField, { json, dryRun, still = [] }: ChangeReport) {
  const { file, before, after, written, kept } = changed
  const [old, now] = [before.split('\n'), after.split('\n')]
  const lines = [
    ...old.filter((line) => !now.includes(line)).map((line) => `  - ${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `  + ${line.trim()}`),
  ]
  if (json)
    return say(
      JSON.stringify({
        file,
        changes: lines.map((line) => line.trim()),
        written,
        kept,
        look: still,
      }),
    )
  say(`${dryRun ? 'would change' : 'changed'}  ${file}`)
  for (const line of lines) say(line)
  for (const name of written) say(`wrote  ${name}`)
  for (const name of kept) say(keptLine(name))
  if (still.length > 0) say('These lines still say the old name; look at each:')
  for (const { place, line } of still) say(`  ${place}  ${line}`)
}
