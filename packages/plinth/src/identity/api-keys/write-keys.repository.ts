import type { Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { KeyType } from './key-format.ts'

/** A key as it is written. */
export interface NewKey {
  readonly id: Id<'api-key'>
  readonly keyHash: Buffer
  readonly prefix: string
  readonly type: KeyType
  readonly test: boolean
  readonly tenant: Id<'tenant'>
  readonly owner: Id<'person'>
  readonly createdBy: Id<'person'> | null
  readonly parent: Id<'api-key'> | null
  readonly family: Id<'api-key'>
  readonly name: string
  readonly scopes: readonly string[]
  readonly allowedIps: readonly string[] | null
  readonly rateLimit: number | null
  readonly metadata: Readonly<Record<string, unknown>>
  readonly now: string
  readonly expiresAt: string | null
}

/** Writes a key; false when its hash is there already. The unique index decides. */
export async function insertKey(db: Queryable, key: NewKey): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into plinth.api_keys
       (id, key_hash, prefix, type, test, tenant_id, owner_id, created_by, parent_id, family_id, name,
        scopes, allowed_ips, rate_limit, metadata, created_at, updated_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17)
     on conflict (key_hash) do nothing`,
    [
      key.id,
      key.keyHash,
      key.prefix,
      key.type,
      key.test,
      key.tenant,
      key.owner,
      key.createdBy,
      key.parent,
      key.family,
      key.name,
      key.scopes,
      key.allowedIps,
      key.rateLimit,
      JSON.stringify(key.metadata),
      key.now,
      key.expiresAt,
    ],
  )
  return rowCount === 1
}

/** What may be changed of a key; what is left out stays. */
export interface KeyChange {
  readonly name?: string
  readonly scopes?: readonly string[]
  readonly allowed_ips?: readonly string[] | null
  readonly rate_limit?: number | null
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly expires_at?: string | null
}

/** Changes a key. */
export async function updateKey(db: Queryable, id: string, change: KeyChange): Promise<void> {
  const has = (field: keyof KeyChange) => change[field] !== undefined
  await db.query(
    `update plinth.api_keys
        set name = coalesce($2, name),
            scopes = coalesce($3, scopes),
            metadata = coalesce($4::jsonb, metadata),
            allowed_ips = case when $5 then $6 else allowed_ips end,
            rate_limit = case when $7 then $8 else rate_limit end,
            expires_at = case when $9 then $10 else expires_at end
      where id = $1`,
    [
      id,
      change.name ?? null,
      change.scopes ?? null,
      change.metadata === undefined ? null : JSON.stringify(change.metadata),
      has('allowed_ips'),
      change.allowed_ips ?? null,
      has('rate_limit'),
      change.rate_limit ?? null,
      has('expires_at'),
      change.expires_at ?? null,
    ],
  )
}

/** Says which key follows one that was rotated, and when the old one ends: never later than before. */
export async function endRotated(
  db: Queryable,
  {
    id,
    successor,
    until,
  }: { readonly id: string; readonly successor: string; readonly until: string },
): Promise<void> {
  await db.query(
    `update plinth.api_keys
        set successor_id = $2, expires_at = least(coalesce(expires_at, $3), $3) where id = $1`,
    [id, successor, until],
  )
}

/**
 * Revokes a key and all that it made, and what those made.
 * @returns ids that ended now; empty when the key had ended by revocation before
 */
export async function revokeTree(
  db: Queryable,
  id: string,
  now: string,
): Promise<readonly Id<'api-key'>[]> {
  const { rows } = await db.query<{ id: Id<'api-key'> }>(
    `with recursive tree as (
       select id from plinth.api_keys where id = $1
        union
       select k.id from plinth.api_keys k join tree on k.parent_id = tree.id
     )
     update plinth.api_keys set revoked_at = $2
      where id in (select id from tree) and revoked_at is null
     returning id`,
    [id, now],
  )
  return rows.map((row) => row.id)
}

/** An owner, held until the transaction ends: of all keys made for them one goes at a time. */
export interface KeyOwner {
  readonly id: Id<'person'>
  readonly kind: 'human' | 'service'
  readonly name: string
}

/** Holds somebody who may own keys in a tenant: active, and a member. */
export async function holdOwner(
  db: Queryable,
  { owner, tenant }: { readonly owner: string; readonly tenant: Id<'tenant'> },
): Promise<KeyOwner | undefined> {
  const { rows } = await db.query<KeyOwner>(
    `select p.id, p.kind, p.name from plinth.people p
      where p.id = $1 and p.status = 'active'
        and exists (select 1 from plinth.memberships m
                     where m.person_id = p.id and m.tenant_id = $2
                       and m.status = 'active' and m.invited_email is null)
        for no key update`,
    [owner, tenant],
  )
  return rows[0]
}

/** How many keys of an owner in a tenant have not ended. */
export async function countKeys(
  db: Queryable,
  owner: string,
  { tenant, now }: { readonly tenant: Id<'tenant'>; readonly now: string },
): Promise<number> {
  const { rows } = await db.query<{ total: number }>(
    `select count(*)::int as total from plinth.api_keys
      where owner_id = $1 and tenant_id = $2 and revoked_at is null
        and (expires_at is null or expires_at > $3)`,
    [owner, tenant, now],
  )
  return rows[0]?.total ?? 0
}
