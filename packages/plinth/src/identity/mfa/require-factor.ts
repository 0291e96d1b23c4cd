import type { Principal } from '../../access/index.ts'
import { provesTwoFactors } from '../../access/index.ts'
import type { Queryable } from '../../data/index.ts'
import { hasFactor } from './factors.repository.ts'
import { mfaProblems } from './mfa.errors.ts'

/** Where a browser confirms with a factor that its person is still there. */
export const STEP_UP = '/auth/web/step-up'

/**
 * Refuses a change of factors by whoever has not shown one of those that there are: with a password
 * alone, or in a remembered browser, nobody takes a factor off or adds one of their own (MF-15, MF-19).
 * @throws AppError 401 mfa.step_up_needed, whose details say where
 */
export async function requireFactor(
  db: Queryable,
  { person, credential }: Principal,
): Promise<void> {
  if (provesTwoFactors(credential.amr ?? [])) return
  if (!(await hasFactor(db, person))) return
  throw mfaProblems.stepUpNeeded({
    details: [{ path: 'session', message: STEP_UP, code: 'second_factor' }],
  })
}
