import type { Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { apiKeyMade } from '../../notify/index.ts'
import type { KeyRecord } from './api-key.ts'
import type { KeysDeps } from './keys-deps.ts'

/** A key that somebody should know of. */
export interface KeyNews {
  readonly what: 'created' | 'rotated'
  readonly key: KeyRecord
  readonly by: Id<'person'>
  readonly now: string
}

/**
 * Tells whoever is behind a key by mail that there is a new one, with the change: its owner, or for a
 * service account, which reads no mail, whoever made it. Nobody without a verified address.
 */
export async function tellOfKey(
  { notify, baseUrl }: Pick<KeysDeps, 'notify' | 'baseUrl'>,
  tx: Tx,
  { what, key, by, now }: KeyNews,
): Promise<void> {
  const to = await behindKey(tx, key, by)
  if (to === undefined) return
  const data = { name: to.name, what, key: key.name, prefix: key.prefix, when: now, baseUrl }
  await notify.mail(tx, apiKeyMade, to, data)
}

/** Who reads what concerns a key; undefined for nobody with a verified address. */
export async function behindKey(
  tx: Tx,
  key: Pick<KeyRecord, 'owner_kind' | 'owner_id'>,
  maker: Id<'person'> | null,
): Promise<{ readonly name: string; readonly address: string } | undefined> {
  const reader = key.owner_kind === 'service' ? maker : key.owner_id
  const { rows } = await tx.query<{ name: string; address: string }>(
    `select name, email as address from plinth.people
      where id = $1 and email_verified and email is not null and status = 'active'`,
    [reader],
  )
  return rows[0]
}
