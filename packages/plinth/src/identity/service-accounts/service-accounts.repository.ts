import type { Db, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { isId } from '../../kernel/index.ts'
import { skippedBy } from '../../tenancy/index.ts'

/** A service account of a tenant. */
export interface ServiceAccount {
  readonly id: Id<'person'>
  readonly name: string
  readonly status: 'active' | 'disabled'
  /** Whether the platform put it away: it is disabled, and not for its tenant to change. */
  readonly archived: boolean
  readonly permissions: readonly string[]
  /** All that it may do, its roles counted in. */
  readonly grants: readonly string[]
  readonly created_at: string
}

const COLUMNS = `
  p.id, p.name, case p.status when 'active' then 'active' else 'disabled' end as status,
  p.status = 'archived' as archived, m.permissions, m.grants, p.created_at`
const FROM = `from plinth.people p join plinth.memberships m on m.person_id = p.id
  where m.tenant_id = $1 and p.kind = 'service'`

/** Writes a service account: a person of its own kind, a member of one tenant, with no way to sign in. */
export async function insertServiceAccount(
  tx: Tx,
  { id, name, permissions }: Pick<ServiceAccount, 'id' | 'name' | 'permissions'>,
): Promise<void> {
  await tx.batch([
    {
      text: "insert into plinth.people (id, name, kind) values ($1, $2, 'service')",
      values: [id, name],
    },
    {
      text: `insert into plinth.memberships (tenant_id, person_id, role, permissions)
             values ($1, $2, 'custom', $3)`,
      values: [tx.tenant, id, permissions],
    },
  ])
}

/** What is asked of a list. */
export interface ListAsked {
  readonly limit: number
  readonly offset: number
  readonly cursor?: string | undefined
  readonly count?: 'exact' | undefined
}

/** The service accounts of a tenant, oldest first; one more than the limit. */
export async function listServiceAccounts(
  db: Db,
  { limit, offset, cursor, count }: ListAsked,
): Promise<{ readonly rows: readonly ServiceAccount[]; readonly total: number | null }> {
  const [found, counted] = await db.batch([
    {
      text: `select ${COLUMNS} ${FROM} and ($2::uuid is null or p.id > $2)
              order by p.id limit $3 offset $4`,
      values: [db.tenant, cursor ?? null, limit + 1, skippedBy({ cursor, offset })],
    },
    ...(count === 'exact'
      ? [{ text: `select count(*)::int as total ${FROM}`, values: [db.tenant] }]
      : []),
  ])
  const total = (counted?.rows[0] as { total: number } | undefined)?.total ?? null
  return { rows: (found?.rows ?? []) as readonly unknown[] as readonly ServiceAccount[], total }
}

/** Finds a service account of a tenant, and holds it until the transaction ends. */
export async function holdServiceAccount(tx: Tx, id: string): Promise<ServiceAccount | undefined> {
  const { rows } = await tx.query<ServiceAccount>(
    `select ${COLUMNS} ${FROM} and p.id = $2 for no key update of p`,
    [tx.tenant, id],
  )
  return rows[0]
}

/** Finds service accounts that can be used, by id or by name; two at most, as a name makes none unique. */
export async function accountsNamed(tx: Tx, named: string): Promise<readonly ServiceAccount[]> {
  const rule = isId(named) ? 'p.id = $2' : 'p.name = $2'
  const { rows } = await tx.query<ServiceAccount>(
    `select ${COLUMNS} ${FROM} and p.status = 'active' and m.status = 'active' and ${rule} limit 2`,
    [tx.tenant, named],
  )
  return rows
}

/** Changes name and status. */
export async function updateServiceAccount(
  tx: Tx,
  { id, name, status }: Pick<ServiceAccount, 'id' | 'name' | 'status'>,
): Promise<void> {
  await tx.query(
    `update plinth.people set name = $2, status = $3, version = version + 1, updated_at = now()
      where id = $1 and kind = 'service'`,
    [id, name, status],
  )
}
