import type { Tx } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { hashToken, newId, newToken } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { OAuthClient } from './clients.repository.ts'
import { insertSecret } from './clients.repository.ts'

/** Seconds for which the secrets before a new one still work at most. */
export const MOST_OVERLAP_SECONDS = 30 * 86_400
/** The same where nothing is said. */
export const USUAL_OVERLAP_SECONDS = 86_400

/** Gives a client a secret, of which only a hash is kept; those before it work for the overlap. */
export async function giveSecret(
  tx: Tx,
  clock: Clock,
  { id: client, overlapSeconds }: Pick<OAuthClient, 'id'> & { readonly overlapSeconds: number },
): Promise<string> {
  const made = newToken()
  const now = clock.now()
  await insertSecret(tx, {
    id: newId<'client-secret'>(clock),
    client,
    hash: hashToken('client-secret', made),
    now: isoTime(now),
    othersUntil: isoTime(now + overlapSeconds * 1_000),
  })
  return made
}
