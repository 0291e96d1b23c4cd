import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { ClientAuthentication } from './client-authentications.ts'
import { areFitKeys } from './client-keys.ts'
import { giveSecret } from './client-secret.ts'
import type { OAuthClient } from './clients.repository.ts'
import { insertClient } from './clients.repository.ts'
import { oauthProblems } from './oauth.errors.ts'
import { aboutClient, oauthEvents } from './oauth.events.ts'

type PublicKeys = NonNullable<OAuthClient['public_jwks']>

/** A machine client that somebody wants; what they may give it was judged before. */
export interface WantedClient {
  readonly name: string
  /** The service account that it acts as. */
  readonly account: Id<'person'>
  readonly scopes: readonly string[]
  readonly authentication: ClientAuthentication
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

/** A client, and its secret unless it has keys of its own: shown this once. */
export interface MadeClient {
  readonly client: OAuthClient
  readonly secret: string | null
}

/** Makes a machine client, with its first secret and the audit row. */
export async function makeClient(
  tx: Tx,
  clock: Clock,
  asked: {
    readonly wanted: WantedClient
    readonly keys: PublicKeys | null
    /** Null for the system. */
    readonly by: Id<'person'> | null
    readonly actor: Actor
  },
): Promise<MadeClient> {
  const { wanted, keys, by, actor } = asked
  const { name, account: person_id, authentication } = wanted
  const now = isoTime(clock.now())
  const scopes = [...new Set(wanted.scopes)]
  const id = newId<'oauth-client'>(clock)
  const made = { id, name, tenant_id: tx.tenant, person_id, authentication, scopes }
  const client = { ...made, public_jwks: keys }
  await insertClient(tx, { ...client, now, by })
  const secret = keys === null ? await giveSecret(tx, clock, { id, overlapSeconds: 0 }) : null
  const data = { scopes, authentication }
  await record(tx, actor, oauthEvents.client_created({ ...aboutClient(id), data }))
  return { client: { ...client, created_at: now, last_used_at: null, revoked_at: null }, secret }
}

/**
 * The keys that a client is registered with; null for one with a secret.
 * @throws AppError oauth.unfit_keys
 */
export async function fitKeys({
  authentication,
  keys,
}: Pick<WantedClient, 'authentication' | 'keys'>): Promise<PublicKeys | null> {
  if (authentication === 'client_secret' && keys.length === 0) return null
  if (authentication === 'client_secret' || !(await areFitKeys(keys)))
    throw oauthProblems.unfitKeys()
  return keys
}
