import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Asked } from '../paging.ts'
import { skippedBy } from '../paging.ts'
import type { TenantRow } from '../tenants/tenants.repository.ts'

/** A tenant as the platform sees it. */
export interface AnyTenantRow extends TenantRow {
  readonly status: 'active' | 'suspended'
}

const COLUMNS = 'id, slug, name, kind, status, created_at'
const LIVE = "from plinth.tenants where status <> 'deleted' and kind <> 'service'"

/** All tenants, oldest first, and their number when it is asked for. */
export async function listAllTenants(
  db: PlatformDb,
  { limit, offset, cursor, count }: Asked,
): Promise<{ readonly rows: readonly AnyTenantRow[]; readonly total: number | null }> {
  const [found, counted] = await db.batch([
    {
      text: `select ${COLUMNS} ${LIVE} and ($1::uuid is null or id > $1)
              order by id limit $2 offset $3`,
      values: [cursor ?? null, limit + 1, skippedBy({ cursor, offset })],
    },
    ...(count === 'exact' ? [{ text: `select count(*)::int as total ${LIVE}` }] : []),
  ])
  const total = (counted?.rows[0] as { total: number } | undefined)?.total ?? null
  return { rows: (found?.rows ?? []) as readonly unknown[] as readonly AnyTenantRow[], total }
}

/** Shuts or opens a tenant. */
export async function setStatus(
  tx: PlatformTx,
  id: string,
  status: AnyTenantRow['status'],
): Promise<AnyTenantRow | undefined> {
  const { rows } = await tx.query<AnyTenantRow>(
    `update plinth.tenants set status = $2
      where id = $1 and status <> 'deleted' and kind <> 'service' returning ${COLUMNS}`,
    [id, status],
  )
  return rows[0]
}
