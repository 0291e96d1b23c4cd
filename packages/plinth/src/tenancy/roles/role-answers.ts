import type { Placement, Principal } from '../../access/index.ts'
import type { Context } from '../../feature/index.ts'
import type { AppError } from '../../kernel/index.ts'
import { isLastAdministrator } from '../membership/last-administrator.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import type { PersonRoleChange } from './change-person-role.ts'
import type { RoleChange } from './change-role.ts'
import type { RoleManager } from './role.ts'
import { roleProblems } from './roles.errors.ts'

type Changed = Extract<RoleChange, { readonly code: 'changed' }>
type Refusal = Exclude<RoleChange['code'] | PersonRoleChange['code'], 'changed' | 'same'>

const REFUSALS: { readonly [C in Refusal]: () => AppError } = {
  unknown: roleProblems.unknown,
  built_in: roleProblems.builtIn,
  beyond: roleProblems.beyondYours,
  taken: roleProblems.nameTaken,
  no_member: tenancyProblems.memberUnknown,
}

/** @throws AppError when nothing was changed */
export function roleChanged(change: RoleChange): Changed {
  if (change.code === 'changed') return change
  throw REFUSALS[change.code]()
}

/**
 * Whether it was otherwise before.
 * @throws AppError when nothing could be changed
 */
export function personRoleChanged({ code }: PersonRoleChange): boolean {
  if (code === 'changed') return true
  if (code === 'same') return false
  throw REFUSALS[code]()
}

/** Who asks for a change, with what their credential holds here. */
export function managerOf(context: {
  readonly principal: Principal
  readonly placement: Placement | undefined
  readonly actor: Context['actor']
}): RoleManager {
  const { principal, placement, actor } = context
  return { person: principal.person, actor, grants: placement?.permissions ?? [] }
}

/**
 * Runs a change that may take everything from somebody.
 * @throws AppError role.last_administrator, role.name_taken
 */
export async function keeping<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (isLastAdministrator(error)) throw roleProblems.lastAdministrator({ cause: error })
    if (error instanceof Error && 'code' in error && error.code === 'data.taken')
      throw roleProblems.nameTaken({ cause: error })
    throw error
  })
}
