import type { PlatformDb, PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Asked } from '../paging.ts'
import { skippedBy } from '../paging.ts'

/** A tenant as its members see it. */
export interface TenantRow {
  readonly id: Id<'tenant'>
  readonly slug: string
  readonly name: string
  readonly kind: 'personal' | 'organisation'
  readonly created_at: string
}

/** One of a person's tenants, with what they are in it. */
export interface OwnTenantRow extends TenantRow {
  readonly role: string
}

const ENTER = "select set_config('plinth.person_id', $1, true)"
const OWN = `
  from plinth.memberships m
  join plinth.tenants t on t.id = m.tenant_id and t.status = 'active' and t.kind <> 'service'
 where m.person_id = $1 and m.status = 'active' and m.invited_email is null
   and ($2::uuid is null or t.id = $2)`

/**
 * The tenants of a person, oldest first, and their number when it is asked for.
 * @param only the one tenant that may be told of; null for all
 */
export async function listOwnTenants(
  db: PlatformDb,
  { person, only }: { readonly person: string; readonly only: string | null },
  { limit, offset, cursor, count }: Asked,
): Promise<{ readonly rows: readonly OwnTenantRow[]; readonly total: number | null }> {
  const [, found, counted] = await db.batch([
    { text: ENTER, values: [person] },
    {
      text: `select t.id, t.slug, t.name, t.kind, t.created_at, m.role ${OWN}
                and ($3::uuid is null or t.id > $3) order by t.id limit $4 offset $5`,
      values: [person, only, cursor ?? null, limit + 1, skippedBy({ cursor, offset })],
    },
    ...(count === 'exact'
      ? [{ text: `select count(*)::int as total ${OWN}`, values: [person, only] }]
      : []),
  ])
  const total = (counted?.rows[0] as { total: number } | undefined)?.total ?? null
  return { rows: (found?.rows ?? []) as readonly unknown[] as readonly OwnTenantRow[], total }
}

/** A tenant by its id, unless it was deleted. */
export async function readTenant(db: Queryable, id: string): Promise<TenantRow | undefined> {
  const { rows } = await db.query<TenantRow>(
    `select id, slug, name, kind, created_at from plinth.tenants
      where id = $1 and status <> 'deleted' and kind <> 'service'`,
    [id],
  )
  return rows[0]
}

/** Writes a tenant; false when its short name is taken. */
export async function insertTenant(
  tx: PlatformTx,
  tenant: Pick<TenantRow, 'id' | 'slug' | 'name' | 'kind'>,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into plinth.tenants (id, slug, name, kind) values ($1, $2, $3, $4)
     on conflict (slug) do nothing`,
    [tenant.id, tenant.slug, tenant.name, tenant.kind],
  )
  return rowCount === 1
}

/** Changes name and short name; fields left out stay. */
export async function updateTenant(
  db: Queryable,
  id: string,
  { name, slug }: { readonly name?: string | undefined; readonly slug?: string | undefined },
): Promise<TenantRow | undefined> {
  const { rows } = await db.query<TenantRow>(
    `update plinth.tenants set name = coalesce($2, name), slug = coalesce($3, slug)
      where id = $1 and status <> 'deleted' returning id, slug, name, kind, created_at`,
    [id, name ?? null, slug ?? null],
  )
  return rows[0]
}

/**
 * How many organisations a person owns. Holds their row until the transaction ends, so that of two
 * requests at once the second counts what the first made.
 */
export async function countOwned(tx: PlatformTx, person: string): Promise<number> {
  const [, , counted] = await tx.batch([
    { text: ENTER, values: [person] },
    { text: 'select id from plinth.people where id = $1 for no key update', values: [person] },
    {
      text: `select count(*)::int as owned from plinth.memberships m
               join plinth.tenants t on t.id = m.tenant_id and t.status <> 'deleted'
              where m.person_id = $1 and m.role = 'owner' and t.kind = 'organisation'`,
      values: [person],
    },
  ])
  return (counted?.rows[0] as { owned: number } | undefined)?.owned ?? 0
}
