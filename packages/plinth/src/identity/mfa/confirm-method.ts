import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { Amr } from '../sessions/second-factors.ts'
import { takes } from './check-code.ts'
import { countFactors, holdPerson } from './factors.repository.ts'
import { mfaProblems } from './mfa.errors.ts'
import { mfaEvents } from './mfa.events.ts'
import type { MfaParts } from './mfa-parts.ts'
import { AMR_OF } from './offers.ts'
import type { SetUpPlace } from './pending-methods.repository.ts'
import { activate, deleteMethod, findPending } from './pending-methods.repository.ts'
import { renewRecoveryCodes } from './recovery-codes.repository.ts'
import { NAME_OF, tellPerson } from './tell-person.ts'
import { readCode } from './typed-code.ts'

/** The first code of a factor that was set up. */
export interface Confirmation extends SetUpPlace {
  readonly method: string
  readonly code: string
  /** A factor of theirs that this one takes the place of. */
  readonly replaces?: string | undefined
  readonly actor: Actor
}

/** What comes of it. */
export type Confirmed =
  | {
      readonly code: 'enabled'
      readonly amr: Amr
      /** Shown once, with the first factor; undefined for a person who has some. */
      readonly recoveryCodes: readonly string[] | undefined
    }
  | { readonly code: 'unknown' }
  | { readonly code: 'wrong_code' }

/**
 * Makes a factor count, with notice and audit row. The try was counted before, by whoever calls.
 * @throws AppError 409 mfa.method_taken, and nothing of the transaction stays
 */
export async function confirmMethod(
  parts: MfaParts,
  tx: PlatformTx,
  confirmation: Confirmation,
): Promise<Confirmed> {
  const { person, method, actor, replaces } = confirmation
  await holdPerson(tx, person)
  const now = isoTime(parts.clock.now())
  const pending = await findPending(tx, confirmation, { method, now })
  if (pending === undefined) return { code: 'unknown' }
  const read = readCode(confirmation.code)
  const digits = read?.kind === 'digits' ? read.code : undefined
  const claim = digits && { method: pending, person, digits, scope: { pending: pending.id } }
  if (!claim || !(await takes(parts, tx, claim))) return { code: 'wrong_code' }
  if (replaces !== undefined) await replace(tx, confirmation, replaces)
  if (!(await activate(tx, method, now))) throw mfaProblems.taken()
  const { recovery_codes: left } = await countFactors(tx, person)
  const recoveryCodes = left > 0 ? undefined : await renewRecoveryCodes(tx, parts.clock, person)
  const { kind } = pending
  await tellPerson(parts, tx, person, `${NAME_OF[kind]} was added as your second factor`)
  const target = { type: 'person', id: person }
  const data = { kind }
  await record(
    tx,
    { ...actor, kind: 'person', person },
    mfaEvents.enabled({ outcome: 'success', target, data }),
  )
  return { code: 'enabled', amr: AMR_OF[kind], recoveryCodes }
}

async function replace(
  tx: PlatformTx,
  { person, actor }: Confirmation,
  replaces: string,
): Promise<void> {
  const gone = await deleteMethod(tx, person, replaces)
  if (gone === undefined) throw mfaProblems.unknownMethod()
  const target = { type: 'person', id: person }
  const data = { kind: gone.kind }
  await record(tx, actor, mfaEvents.removed({ outcome: 'success', target, data }))
}
