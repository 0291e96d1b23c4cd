import type { Row } from './rows.ts'

/** What one test of the last run did. */
export interface Outcome {
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped'
  /** Which suite it belongs to. */
  readonly suite: string
}

/** A row that tests prove: its id, and the suites that prove it. */
export interface Green {
  readonly id: string
  readonly suites: readonly string[]
}

const ID = /\b(?:[A-Z]{2}-\d{2,3}|v5\.0\.0-V\d+\.\d+\.\d+)(?!\d)/g

/** The row ids that a test title names. */
export const idsIn = (title: string): string[] => title.match(ID) ?? []

/** The rows that some test proved and none disproved. */
export function greenRows(rows: readonly Row[], outcomes: readonly Outcome[]): Green[] {
  const byId = Map.groupBy(
    outcomes.flatMap((outcome) => idsIn(outcome.name).map((id) => ({ id, outcome }))),
    ({ id }) => id,
  )
  return rows.flatMap(({ id, state }) => {
    const named = (byId.get(id) ?? []).map(({ outcome }) => outcome)
    const proved = named.filter((outcome) => outcome.state === 'passed')
    const disproved = named.some((outcome) => outcome.state === 'failed')
    if (proved.length === 0 || disproved || state.startsWith('n/a')) return []
    return [{ id, suites: [...new Set(proved.map(({ suite }) => suite))].sort() }]
  })
}

/** Rows that were green before and are not now, judged only by the suites that ran. */
export function lostRows(
  before: readonly Green[],
  now: readonly Green[],
  ran: readonly string[],
): string[] {
  const green = new Set(now.map(({ id }) => id))
  return before
    .filter(({ id, suites }) => !green.has(id) && suites.some((suite) => ran.includes(suite)))
    .map(({ id }) => id)
}

/** Ids in titles that no row has: typing mistakes. */
export function strayIds(rows: readonly Row[], outcomes: readonly Outcome[]): string[] {
  const known = new Set(rows.map(({ id }) => id))
  const matrices = new Set(rows.map(({ id }) => id.slice(0, 3)))
  const named = outcomes.flatMap(({ name }) => idsIn(name))
  return [...new Set(named)].filter((id) => matrices.has(id.slice(0, 3)) && !known.has(id))
}
