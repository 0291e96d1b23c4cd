import { execFileSync } from 'node:child_process'
import { ownershipOf } from '../../packages/cli/src/template/ownership.ts'
import { EDITS, type Edit, type Files } from './edits/index.ts'
import { outcomeOf } from './outcome.ts'
import type { State } from './state.ts'

/** Edits that one owner may well make together. */
export interface Growth {
  readonly name: string
  readonly edits: readonly Edit[]
}

/** Those that cannot stand together: the second half removes or replaces what the first half edits. */
const REPLACING = new Set([
  'the pages in another folder',
  'no worker',
  'no .node-version',
  'no AGENTS.md and no README.md',
  'the realm in another place',
  'no .env.example',
  'another .gitignore',
  'a README of their own',
  'a Dockerfile of their own',
  'no weekly update',
  'package.json by tabs',
  'no line break at the end of files',
  'every file with Windows line endings',
  'documents of their own',
  'a block at the end',
])
/** The whole front page goes, and with it what others edit; the matrix has it on its own. */
const ALONE = new Set(['no example page'])

/** Every edit that needs no person to solve a conflict in this state, in two services. */
export function growthsOf(state: State): readonly Growth[] {
  const solved = EDITS.filter(
    (edit) => !ALONE.has(edit.name) && outcomeOf(state, edit)?.code !== 'markers',
  )
  return [
    { name: 'grown', edits: solved.filter(({ name }) => !REPLACING.has(name)) },
    { name: 'rearranged', edits: solved.filter(({ name }) => REPLACING.has(name)) },
  ]
}

/** The service with all of these edits, and with what the update needs to know. */
export function grownFiles(state: State, growth: Growth, all: ReadonlyMap<string, string>): Files {
  const kept = [...all].filter(([path]) => path.startsWith('.plinth/'))
  const files = new Map(state.files)
  for (const { make } of growth.edits) make(files)
  return new Map([...files, ...kept])
}

/** What nobody but the owner may have changed. */
export function ownFiles(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => ownershipOf(path) === 'yours'))
}

/**
 * The third of the states whose turn it is: by the commit, so that a run can be repeated.
 * `PLINTH_UPDATE_THIRD=all` takes them all.
 */
export function thirdOf(states: readonly State[]): readonly State[] {
  const asked = process.env['PLINTH_UPDATE_THIRD'] ?? String(commitNumber() % 3)
  return states.filter((_state, at) => asked === 'all' || at % 3 === Number(asked))
}

function commitNumber(): number {
  const options = { cwd: import.meta.dirname, encoding: 'utf8' } as const
  return Number.parseInt(execFileSync('git', ['rev-parse', 'HEAD'], options).slice(0, 6), 16)
}
