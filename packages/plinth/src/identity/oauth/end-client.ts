import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { OAuthClient } from './clients.repository.ts'
import { revokeClient } from './clients.repository.ts'
import { aboutClient, oauthEvents } from './oauth.events.ts'

/** Revokes a client, which is held: its proof and its tokens are worth nothing from then on. */
export async function endClient(
  tx: Tx,
  clock: Clock,
  { client: { id }, actor }: { readonly client: OAuthClient; readonly actor: Actor },
): Promise<void> {
  await revokeClient(tx, id, isoTime(clock.now()))
  await record(tx, actor, oauthEvents.client_revoked(aboutClient(id)))
}
