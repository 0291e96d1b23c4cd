import type { PlatformTx } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'
import type { Identity } from './identity-deps.ts'
import { countPasskeys } from './passkeys/passkeys.repository.ts'
import { hasPassword } from './password/credentials.repository.ts'

/** Whether somebody can sign in without any provider: by a password, or by a passkey where those are on. */
export async function hasOwnWayIn(
  { webauthn }: Pick<Identity, 'webauthn'>,
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<boolean> {
  if (await hasPassword(tx, person)) return true
  return webauthn !== undefined && (await countPasskeys(tx, person)) > 0
}

/**
 * Holds the ways in of a person against another removal, and lets new sessions of theirs through: those
 * need the person's key only.
 */
export async function holdWaysIn(tx: PlatformTx, person: Id<'person'>): Promise<void> {
  await tx.query('select from plinth.people where id = $1 for no key update', [person])
}
