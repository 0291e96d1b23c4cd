import type { PlatformDb, PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { skippedBy } from '../../tenancy/index.ts'
import type { KeyRecord, KeyRow } from './api-key.ts'

// Row-level security shows a membership to its own person and tenant only. A setting inside the
// query that reads would be unsafe (the planner may scan first), so it is a statement before it.
const ENTER = `
  select set_config('plinth.person_id', owner_id::text, true)
    from plinth.api_keys
   where key_hash = $1`

const READ = `
  select k.id, k.type, k.test, k.family_id, k.tenant_id, k.owner_id, k.name, k.scopes, k.allowed_ips,
         k.rate_limit, k.metadata, k.expires_at, k.revoked_at, k.last_used_at, k.known_addresses,
         p.name as owner_name, p.email as owner_email, p.status as owner_status,
         t.status as tenant_status, m.grants
    from plinth.api_keys k
    join plinth.people p on p.id = k.owner_id
    join plinth.tenants t on t.id = k.tenant_id
    left join plinth.memberships m on m.tenant_id = k.tenant_id and m.person_id = k.owner_id
                                  and m.status = 'active' and m.invited_email is null
   where k.key_hash = $1`

/** Reads a key with its owner, tenant and their grants: two statements, one round trip. */
export async function readKey(db: PlatformDb, keyHash: Buffer): Promise<KeyRow | undefined> {
  const values = [keyHash]
  const [, found] = await db.batch([
    { text: ENTER, values },
    { text: READ, values },
  ])
  return found?.rows[0] as KeyRow | undefined
}

/** Notes that a key was used, unless somebody noted that since `before`. */
export async function touchKey(
  db: Queryable,
  { id, now, before }: { readonly id: string; readonly now: string; readonly before: string },
): Promise<void> {
  await db.query(
    `update plinth.api_keys set last_used_at = $2
      where id = $1 and (last_used_at is null or last_used_at < $3)`,
    [id, now, before],
  )
}

/**
 * Notes an address that a key was used from; the last fifty are kept.
 * @returns whether it was new: of any number of processes one is told so
 */
export async function noteAddress(tx: PlatformTx, id: string, address: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update plinth.api_keys set known_addresses = (array[$2::text] || known_addresses)[1:50]
      where id = $1 and not known_addresses @> array[$2::text]`,
    [id, address],
  )
  return rowCount === 1
}

const COLUMNS = `k.id, k.prefix, k.type, k.test, k.tenant_id, k.owner_id, p.kind as owner_kind,
  k.created_by, k.parent_id, k.family_id, k.name, k.scopes, k.allowed_ips, k.rate_limit, k.metadata,
  k.version, k.created_at, k.updated_at, k.expires_at, k.rotated_at, k.successor_id, k.revoked_at,
  k.last_used_at`
const FROM = 'from plinth.api_keys k join plinth.people p on p.id = k.owner_id'

/** Which keys of a tenant somebody may see. */
export type KeysSeen =
  | { readonly of: 'tenant' }
  | { readonly of: 'owner'; readonly owner: Id<'person'> }
  /** A key sees itself, what it was rotated from, and what those made. */
  | { readonly of: 'key'; readonly key: Id<'api-key'> }

const SEEN: Readonly<Record<KeysSeen['of'], string>> = {
  tenant: '$2::uuid is null',
  owner: 'k.owner_id = $2',
  key: `exists (select 1 from plinth.api_keys me join plinth.api_keys kin on kin.family_id = me.family_id
                 where me.id = $2 and me.tenant_id = $1 and (k.id = kin.id or k.parent_id = kin.id))`,
}

function seenValue(seen: KeysSeen): string | null {
  if (seen.of === 'tenant') return null
  return seen.of === 'owner' ? seen.owner : seen.key
}

/** What is asked of a list of keys. */
export interface KeyQuery {
  readonly limit: number
  readonly offset: number
  readonly cursor?: string | undefined
  readonly count?: 'exact' | undefined
  readonly owner?: string | undefined
}

/** The keys of a tenant that somebody may see, oldest first; one more than the limit. */
export async function listKeys(
  db: Queryable,
  { tenant, seen }: { readonly tenant: Id<'tenant'>; readonly seen: KeysSeen },
  { limit, offset, cursor, count, owner }: KeyQuery,
): Promise<{ readonly rows: readonly KeyRecord[]; readonly total: number | null }> {
  const values = [tenant, seenValue(seen), owner ?? null]
  const where = `where k.tenant_id = $1 and ${SEEN[seen.of]} and ($3::uuid is null or k.owner_id = $3)`
  const [found, counted] = await db.batch([
    {
      text: `select ${COLUMNS} ${FROM} ${where} and ($4::uuid is null or k.id > $4)
              order by k.id limit $5 offset $6`,
      values: [...values, cursor ?? null, limit + 1, skippedBy({ cursor, offset })],
    },
    ...(count === 'exact'
      ? [{ text: `select count(*)::int as total ${FROM} ${where}`, values }]
      : []),
  ])
  const total = (counted?.rows[0] as { total: number } | undefined)?.total ?? null
  return { rows: (found?.rows ?? []) as readonly unknown[] as readonly KeyRecord[], total }
}

/** Finds a key of a tenant that somebody may see; any other looks like none. */
export async function findKey(
  db: Queryable,
  { tenant, seen }: { readonly tenant: Id<'tenant'>; readonly seen: KeysSeen },
  id: string,
): Promise<KeyRecord | undefined> {
  const { rows } = await db.query<KeyRecord>(
    `select ${COLUMNS} ${FROM} where k.tenant_id = $1 and ${SEEN[seen.of]} and k.id = $3`,
    [tenant, seenValue(seen), id],
  )
  return rows[0]
}

/** Holds a key until the transaction ends, so that it cannot be changed or revoked meanwhile. */
export async function holdKey(db: Queryable, id: string): Promise<void> {
  await db.query('select id from plinth.api_keys where id = $1 for no key update', [id])
}
