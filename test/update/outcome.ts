import type { Decision } from '../../packages/cli/src/update/decide-shared.ts'
import { planUpdate, type UpdatePlan } from '../../packages/cli/src/update/plan-update.ts'
import type { Edit } from './edits/index.ts'
import { type State, treeOf } from './state.ts'

/** What an update makes of one edit in one state. */
export interface Outcome {
  readonly state: string
  readonly edit: Edit
  readonly plan: UpdatePlan
  /** `clean`: both sides are in. `yours`: a value of the owner's stood against another one of the template's and stays. */
  readonly code: 'clean' | 'yours' | 'markers'
  /** Every decision, package.json's among them. */
  readonly decisions: readonly Decision[]
}

/** Undefined where the edit has nothing to change in this state. */
export function outcomeOf(state: State, edit: Edit): Outcome | undefined {
  const files = new Map(state.files)
  edit.make(files)
  const same =
    files.size === state.files.size &&
    [...files].every(([path, text]) => state.files.get(path) === text)
  if (same) return undefined
  const plan = planUpdate(treeOf(state, files), state.release)
  const decisions = [...(plan.manifest === undefined ? [] : [plan.manifest]), ...plan.shared]
  const clashes = decisions.flatMap((decision) => decision.clashes)
  const code = clashes.some(({ marked }) => marked)
    ? 'markers'
    : clashes.length > 0
      ? 'yours'
      : 'clean'
  return { state: state.name, edit, plan, code, decisions }
}
