import type { Row } from './rows.ts'
import type { Green } from './verdict.ts'

/** The board as text: for each matrix and ASVS chapter the rows green, due, later and not applicable. */
export function boardTable(rows: readonly Row[], green: readonly Green[]): string {
  const isGreen = new Set(green.map(({ id }) => id))
  const matrices = Map.groupBy(rows, ({ matrix }) => matrix)
  const lines = [...matrices].map(([matrix, own]) => line(matrix, own, isGreen))
  return [head, ...lines, line('all', rows, isGreen)].join('\n')
}

const head = 'matrix  green / rows   due  later  n/a'

function line(matrix: string, rows: readonly Row[], isGreen: ReadonlySet<string>): string {
  const open = rows.filter(({ id }) => !isGreen.has(id))
  const count = (state: string) => open.filter((row) => row.state.startsWith(state)).length
  return [
    matrix.padEnd(7),
    `${rows.length - open.length}`.padStart(6),
    ' /',
    `${rows.length}`.padStart(5),
    ...['todo', 'later', 'n/a'].map((state) => `${count(state)}`.padStart(6)),
  ].join('')
}
