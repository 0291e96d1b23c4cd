import type { PlatformTx } from '../../data/index.ts'
import { hashToken } from '../../kernel/index.ts'

/** Whose shortcuts go; a person may keep the browser that they sit at. */
export type WhoseShortcuts =
  | { readonly person: string; readonly keptDevice?: string | undefined }
  | 'everybody'

/**
 * Forgets what would spare somebody a proof at the next sign-in: browsers that are remembered after a
 * second factor, and sign-ins that wait for one. Whoever ends all sessions means these too: the machine
 * that was stolen is remembered, and the thief may sit before the second question.
 */
export async function forgetShortcuts(tx: PlatformTx, whose: WhoseShortcuts): Promise<void> {
  if (whose === 'everybody') {
    await tx.batch([
      { text: 'delete from plinth.remembered_devices' },
      { text: 'delete from plinth.mfa_challenges' },
    ])
    return
  }
  const { person, keptDevice } = whose
  const kept = keptDevice === undefined ? null : hashToken('remembered-device', keptDevice)
  await tx.batch([
    {
      text: `delete from plinth.remembered_devices
              where person_id = $1 and token_hash is distinct from $2::bytea`,
      values: [person, kept],
    },
    { text: 'delete from plinth.mfa_challenges where person_id = $1', values: [person] },
  ])
}
