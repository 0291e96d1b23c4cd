import type { Decision } from './decide-shared.ts'
import type { Clash } from './merge/versions.ts'
import type { OwnSuggestion, UpdatePlan } from './plan-update.ts'
import { isBehind } from './plan-update.ts'

/** A place that a person should look at. */
export interface ReportedClash extends Clash {
  readonly path: string
}

/** One shared file and what becomes of it. */
export interface ReportedFile {
  readonly path: string
  readonly from?: string
  readonly action: Decision['action']
  readonly because?: string
}

/** What an update did, or would do; what `--json` prints. */
export interface UpdateReport {
  readonly code: 'current' | 'behind' | 'updated' | 'unfinished' | 'conflicts'
  readonly from: string
  readonly to: string
  readonly branch?: string
  /** Subjects of the commits that were made, oldest first. */
  readonly commits: readonly string[]
  readonly codemods: readonly string[]
  /** Shared files that change, or whose change was left out. */
  readonly files: readonly ReportedFile[]
  readonly clashes: readonly ReportedClash[]
  readonly suggestions: readonly OwnSuggestion[]
  /** What is left for a person, in order. */
  readonly next: readonly string[]
}

/** What a plan would do. */
export function reportOf(plan: UpdatePlan): UpdateReport {
  const decisions = [...(plan.manifest === undefined ? [] : [plan.manifest]), ...plan.shared]
  return {
    code: isBehind(plan) ? 'behind' : 'current',
    from: plan.from,
    to: plan.to,
    commits: [],
    codemods: plan.codemods.map(({ name }) => name),
    files: decisions.filter(isWorthSaying).map(({ path, from, action, because }) => ({
      path,
      action,
      ...(from !== undefined && { from }),
      ...(because !== undefined && { because }),
    })),
    clashes: decisions.flatMap(({ path, clashes }) => clashes.map((each) => ({ path, ...each }))),
    suggestions: plan.suggestions,
    next: [],
  }
}

function isWorthSaying({ action, because }: Decision): boolean {
  return because !== undefined || (action !== 'none' && action !== 'keep')
}

const VERBS: Readonly<Record<Decision['action'], string>> = {
  none: 'keeps',
  add: 'adds',
  replace: 'renews',
  merge: 'merges',
  remove: 'removes',
  keep: 'keeps',
}

const HEADS = {
  behind: 'This service is behind',
  updated: 'Updated',
  unfinished: 'Updated but for its packages',
  conflicts: 'Conflicts wait for you on the way',
} as const

/** The report for a person at a terminal. */
export function linesOf(report: UpdateReport): readonly string[] {
  const { code, from, to, files, clashes, codemods, suggestions, next } = report
  if (code === 'current')
    return [`This service is up to date with Plinth ${to}.`, ...numbered(next)]
  const way = from === to ? `the template of ${to} as it is now` : `Plinth ${from} to ${to}`
  return [
    `${HEADS[code]}: ${way}.`,
    ...codemods.map((name) => `  ${'renames'.padEnd(8)}${name}`),
    ...files.map(fileLine),
    ...clashes.map(clashLine),
    ...suggestions.map(({ path, line, says }) => `  yours   ${path}:${line}: ${says}`),
    ...numbered(next),
  ]
}

function fileLine({ path, from, action, because }: ReportedFile): string {
  const place = from === undefined ? path : `${path}, which was ${from}`
  return `  ${VERBS[action].padEnd(8)}${place}${because === undefined ? '' : `: ${because}`}`
}

function clashLine({ path, where, mine, theirs, marked }: ReportedClash): string {
  if (marked) return `  CONFLICT ${path}, ${where}: both texts stand there between markers`
  const theirText = theirs === '' ? 'the template has it no longer' : `the template has ${theirs}`
  return `  look at ${path}, ${where}: yours stays (${mine}); ${theirText}`
}

function numbered(next: readonly string[]): readonly string[] {
  return next.length === 0 ? [] : ['Next:', ...next.map((step, at) => `  ${at + 1}. ${step}`)]
}
