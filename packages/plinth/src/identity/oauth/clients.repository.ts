import type { Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { skippedBy } from '../../tenancy/index.ts'
import type { ClientAuthentication } from './client-authentications.ts'

/** A machine client. */
export interface OAuthClient {
  readonly id: Id<'oauth-client'>
  readonly name: string
  readonly tenant_id: Id<'tenant'>
  /** The service account that it acts as. */
  readonly person_id: Id<'person'>
  readonly authentication: ClientAuthentication
  readonly public_jwks: readonly Readonly<Record<string, unknown>>[] | null
  /** The most that it may ask for. */
  readonly scopes: readonly string[]
  readonly created_at: string
  readonly last_used_at: string | null
  readonly revoked_at: string | null
}

const COLUMNS =
  'id, name, tenant_id, person_id, authentication, public_jwks, scopes, created_at, last_used_at, revoked_at'

/** A client as it is written. */
export interface NewClient extends Omit<OAuthClient, 'created_at' | 'last_used_at' | 'revoked_at'> {
  readonly now: string
  /** Null for the system. */
  readonly by: string | null
}

/** Writes a client. */
export async function insertClient(db: Queryable, client: NewClient): Promise<void> {
  const keys = client.public_jwks
  await db.query(
    `insert into plinth.oauth_clients
       (id, name, tenant_id, person_id, authentication, public_jwks, scopes, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      client.id,
      client.name,
      client.tenant_id,
      client.person_id,
      client.authentication,
      keys === null ? null : JSON.stringify(keys),
      client.scopes,
      client.now,
      client.by,
    ],
  )
}

/** What is asked of a list. */
export interface ListAsked {
  readonly limit: number
  readonly offset: number
  readonly cursor?: string | undefined
  readonly count?: 'exact' | undefined
}

/** The clients of a tenant that were not revoked, oldest first; one more than the limit. */
export async function listClients(
  db: Queryable,
  tenant: string,
  { limit, offset, cursor, count }: ListAsked,
): Promise<{ readonly rows: readonly OAuthClient[]; readonly total: number | null }> {
  const { rows } = await db.query<OAuthClient>(
    `select ${COLUMNS} from plinth.oauth_clients
      where tenant_id = $1 and revoked_at is null and ($2::uuid is null or id > $2)
      order by id limit $3 offset $4`,
    [tenant, cursor ?? null, limit + 1, skippedBy({ cursor, offset })],
  )
  if (count !== 'exact') return { rows, total: null }
  const counted = await db.query<{ total: number }>(
    `select count(*)::int as total from plinth.oauth_clients
      where tenant_id = $1 and revoked_at is null`,
    [tenant],
  )
  return { rows, total: counted.rows[0]?.total ?? null }
}

/** Finds a client that was not revoked, of any tenant. */
export async function findClient(db: Queryable, id: string): Promise<OAuthClient | undefined> {
  const { rows } = await db.query<OAuthClient>(
    `select ${COLUMNS} from plinth.oauth_clients where id = $1 and revoked_at is null`,
    [id],
  )
  return rows[0]
}

/** Finds a client of a tenant, and holds it until the transaction ends. */
export async function holdClient(
  db: Queryable,
  { id, tenant }: { readonly id: string; readonly tenant: string },
): Promise<OAuthClient | undefined> {
  const { rows } = await db.query<OAuthClient>(
    `select ${COLUMNS} from plinth.oauth_clients
      where id = $1 and tenant_id = $2 and revoked_at is null for update`,
    [id, tenant],
  )
  return rows[0]
}

/** Revokes a client: from then on its secrets, its keys and its tokens are worth nothing. */
export async function revokeClient(db: Queryable, id: string, now: string): Promise<void> {
  await db.query('update plinth.oauth_clients set revoked_at = $2 where id = $1', [id, now])
}

/** A secret that is about to be kept, and when those before it end at the latest. */
export interface NewSecret {
  readonly id: Id<'client-secret'>
  readonly client: Id<'oauth-client'>
  readonly hash: Buffer
  readonly now: string
  readonly othersUntil: string
}

/** Writes a secret; the ones before it end with the overlap. */
export async function insertSecret(db: Queryable, secret: NewSecret): Promise<void> {
  const { id, client, hash, now, othersUntil } = secret
  await db.batch([
    {
      text: `delete from plinth.oauth_client_secrets where client_id = $1 and expires_at <= $2`,
      values: [client, now],
    },
    {
      text: `update plinth.oauth_client_secrets set expires_at = $2
              where client_id = $1 and (expires_at is null or expires_at > $2)`,
      values: [client, othersUntil],
    },
    {
      text: `insert into plinth.oauth_client_secrets (id, client_id, secret_hash, created_at)
             values ($1, $2, $3, $4)`,
      values: [id, client, hash, now],
    },
  ])
}

/** Whether a secret is one of a client's. The hash is looked up whole: its time tells nothing of it. */
export async function isSecretOf(
  db: Queryable,
  { client, hash, now }: { readonly client: string; readonly hash: Buffer; readonly now: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from plinth.oauth_client_secrets
      where secret_hash = $1 and client_id = $2 and (expires_at is null or expires_at > $3)`,
    [hash, client, now],
  )
  return rowCount === 1
}
