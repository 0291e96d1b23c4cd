// Writes the table of docs/guides/updating.md from a run over every state and edit: node test/update/table.ts
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { EDIT_KINDS, EDITS } from './edits/index.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { readStates, type State } from './state.ts'

const GUIDE = path.resolve(import.meta.dirname, '../../docs/guides/updating.md')
const START = '<!-- made by test/update/table.ts -->\n'
const END = '<!-- end -->'

/** Every edit in every state where it changes something. */
export function allOutcomes(states: readonly State[]): readonly Outcome[] {
  return states.flatMap((state) => EDITS.flatMap((edit) => outcomeOf(state, edit) ?? []))
}

/** The table of a guide, with its marks. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = EDIT_KINDS.map((kind) => {
    const of = outcomes.filter(({ edit }) => edit.kind === kind)
    const count = (code: Outcome['code']) => of.filter((outcome) => outcome.code === code).length
    const edits = new Set(of.map(({ edit }) => edit.name)).size
    return [kind, edits, of.length, count('clean'), count('yours'), count('markers')]
  })
  const head = [
    'what was edited',
    'edits',
    'updates',
    'clean',
    'your value kept, and named',
    'conflict to solve',
  ]
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `${START}${lines.join('\n')}\n${END}`
}

/** The guide with the table in it. */
export function withTable(guide: string, table: string): string {
  const [from, to] = [guide.indexOf(START), guide.indexOf(END)]
  if (from < 0 || to < from)
    throw new Error('docs/guides/updating.md lacks the marks of its table.')
  return guide.slice(0, from) + table + guide.slice(to + END.length)
}

/** The guide as it is. */
export function readGuide(): Promise<string> {
  return readFile(GUIDE, 'utf8')
}

if (import.meta.main) {
  const table = tableOf(allOutcomes(await readStates()))
  await writeFile(GUIDE, withTable(await readGuide(), table))
}
