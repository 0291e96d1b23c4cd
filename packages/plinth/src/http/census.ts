import { describeAccess, describeStepUp } from '../access/index.ts'
import type { RouteFacts } from '../feature/index.ts'

/** One line of the route census. */
export interface CensusEntry {
  readonly method: string
  readonly url: string
  /** Undefined for a route that was there before Plinth and that Plinth does not guard. */
  readonly facts: RouteFacts | undefined
}

/** The census as it is committed: one aligned line a route, sorted by path, then method. */
export function renderCensus(entries: readonly CensusEntry[]): string {
  const sorted = [...entries].sort((a, b) => compare(a.url, b.url) || compare(a.method, b.method))
  const width = Math.max(...sorted.map((entry) => entry.url.length), 0)
  return sorted.map((entry) => `${line(entry, width)}\n`).join('')
}

function line({ method, url, facts }: CensusEntry, width: number): string {
  const rule = facts === undefined ? 'OUTSIDE' : ruleOf(facts)
  return `${method.padEnd(7)} ${url.padEnd(width)}  ${rule}`
}

/** A route that takes a form stands out: a page of any site can send one without asking first. */
function ruleOf({ access, takesForm, stepUp }: RouteFacts): string {
  const demand = stepUp === undefined ? '' : ` [step-up: ${describeStepUp(stepUp)}]`
  return describeAccess(access) + demand + (takesForm ? ' [form]' : '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
