import type { PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { hashToken, newId } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { newRecoveryCode, readCode } from './typed-code.ts'

/** Recovery codes that a person gets at a time. */
export const RECOVERY_CODES = 10

/** Gives a person new recovery codes; the ones before are void. The answer is the only place that shows them. */
export async function renewRecoveryCodes(
  tx: PlatformTx,
  clock: Clock,
  person: Id<'person'>,
): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  await tx.batch([
    { text: 'delete from plinth.recovery_codes where person_id = $1', values: [person] },
    {
      text: `insert into plinth.recovery_codes (person_id, created_at, id, code_hash)
             select $1, $2, one.id, one.hash from unnest($3::uuid[], $4::bytea[]) one (id, hash)`,
      values: [
        person,
        isoTime(clock.now()),
        codes.map(() => newId(clock)),
        codes.map((code) => codeHash(person, code)),
      ],
    },
  ])
  return codes
}

/** Uses a recovery code up: of any number at once one succeeds (MF-24). */
export async function useRecoveryCode(
  tx: PlatformTx,
  {
    person,
    code,
    now,
  }: { readonly person: Id<'person'>; readonly code: string; readonly now: string },
): Promise<boolean> {
  const key = { person_id: person, code_hash: codeHash(person, code) }
  return (
    (await consume<{ id: string }, 'recovery_codes'>(tx, 'recovery_codes', key, now)) !== undefined
  )
}

/** Removes all of a person: without a factor there is nothing to recover. */
export async function deleteRecoveryCodes(tx: PlatformTx, person: Id<'person'>): Promise<void> {
  await tx.query('delete from plinth.recovery_codes where person_id = $1', [person])
}

/** A plain hash is enough for 120 random bits, and bound to the person it is worth nothing elsewhere. */
function codeHash(person: string, code: string): Buffer {
  return hashToken('recovery-code', `${person} ${readCode(code)?.code ?? ''}`)
}
