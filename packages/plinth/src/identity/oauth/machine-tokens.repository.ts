import type { PlatformTx, Queryable } from '../../data/index.ts'
import type { OAuthClient } from './clients.repository.ts'

/** What the account of a client may do now, in the tenant of the client. */
export interface AccountStanding {
  readonly status: string
  /** Null when it is not in the tenant, or the tenant is shut. */
  readonly grants: readonly string[] | null
}

/** Reads what a client's account may do; undefined when there is no such service account. */
export async function readAccount(
  tx: PlatformTx,
  { person_id: person, tenant_id: tenant }: OAuthClient,
): Promise<AccountStanding | undefined> {
  const [, found] = await tx.batch([
    { text: "select set_config('plinth.person_id', $1, true)", values: [person] },
    {
      text: `select p.status, case when t.id is null then null else m.grants end as grants
               from plinth.people p
               left join plinth.memberships m on m.person_id = p.id and m.tenant_id = $2
                                             and m.status = 'active'
               left join plinth.tenants t on t.id = m.tenant_id and t.status = 'active'
              where p.id = $1 and p.kind = 'service'`,
      values: [person, tenant],
    },
  ])
  return found?.rows[0] as AccountStanding | undefined
}

/** A token of a client, as it is written. */
export interface NewMachineToken {
  readonly id: string
  readonly client: OAuthClient
  readonly scopes: readonly string[]
  readonly now: string
  readonly expiresAt: string
}

/** Writes a token, and that its client was used. */
export async function insertMachineToken(tx: PlatformTx, token: NewMachineToken): Promise<void> {
  const { id, client, scopes, now, expiresAt } = token
  await tx.batch([
    {
      text: `insert into plinth.oauth_tokens (id, client_id, person_id, scopes, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6)`,
      values: [id, client.id, client.person_id, scopes, now, expiresAt],
    },
    {
      text: 'update plinth.oauth_clients set last_used_at = $2 where id = $1',
      values: [client.id, now],
    },
  ])
}

/** Revokes a token of a client; false when it is none, or was over. */
export async function revokeMachineToken(
  db: Queryable,
  { id, client, now }: { readonly id: string; readonly client: string; readonly now: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update plinth.oauth_tokens set revoked_at = $3
      where id = $1 and client_id = $2 and revoked_at is null`,
    [id, client, now],
  )
  return rowCount === 1
}
