import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { giveSecret } from './client-secret.ts'
import type { OAuthClient } from './clients.repository.ts'
import { oauthProblems } from './oauth.errors.ts'
import { aboutClient, oauthEvents } from './oauth.events.ts'

/**
 * Gives a client, which is held, a new secret; those before it work for the overlap.
 * @throws AppError oauth.no_secrets for one that proves itself by keys
 */
export async function renewSecret(
  tx: Tx,
  clock: Clock,
  asked: {
    readonly client: OAuthClient
    readonly overlapSeconds: number
    readonly actor: Actor
  },
): Promise<string> {
  const { client, overlapSeconds, actor } = asked
  if (client.authentication !== 'client_secret') throw oauthProblems.noSecrets()
  const secret = await giveSecret(tx, clock, { ...client, overlapSeconds })
  const data = { overlap_seconds: overlapSeconds }
  await record(tx, actor, oauthEvents.secret_created({ ...aboutClient(client.id), data }))
  return secret
}
