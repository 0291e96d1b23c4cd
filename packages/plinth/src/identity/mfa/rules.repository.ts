import type { PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** Of whom a tenant demands a second factor. */
export interface MfaRule {
  readonly everybody: boolean
  /** Of holders of these roles: built-in ones, or the names of the tenant's own. */
  readonly roles: readonly string[]
}

/** What a tenant that said nothing demands. */
export const NO_RULE: MfaRule = { everybody: false, roles: [] }

/** The rule of a tenant. */
export async function readRule(db: Queryable, tenant: Id<'tenant'>): Promise<MfaRule> {
  const { rows } = await db.query<MfaRule>(
    'select everybody, roles from plinth.mfa_rules where tenant_id = $1',
    [tenant],
  )
  return rows[0] ?? NO_RULE
}

/** Puts a rule in the place of the one before. */
export async function writeRule(
  db: Queryable,
  tenant: Id<'tenant'>,
  { everybody, roles, now }: MfaRule & { readonly now: string },
): Promise<void> {
  await db.query(
    `insert into plinth.mfa_rules (tenant_id, everybody, roles, updated_at) values ($1, $2, $3, $4)
     on conflict (tenant_id) do update
        set everybody = excluded.everybody, roles = excluded.roles, updated_at = excluded.updated_at`,
    [tenant, everybody, roles, now],
  )
}

/** Every role that a person holds in a tenant, in lower case: the built-in one and those it was given. */
export async function rolesIn(
  tx: PlatformTx,
  tenant: Id<'tenant'>,
  person: Id<'person'>,
): Promise<readonly string[]> {
  return tx.inTenant(tenant, async (inside) => {
    const { rows } = await inside.query<{ role: string }>(
      `select lower(role) as role from plinth.memberships where tenant_id = $1 and person_id = $2
       union
       select lower(r.name) from plinth.member_roles m join plinth.roles r
           on r.tenant_id = m.tenant_id and r.id = m.role_id and r.is_active
        where m.tenant_id = $1 and m.person_id = $2`,
      [tenant, person],
    )
    return rows.map(({ role }) => role)
  })
}

/** Whether a person looks after the platform itself. */
export async function isPlatformAdministrator(
  db: Queryable,
  person: Id<'person'>,
): Promise<boolean> {
  const { rowCount } = await db.query('select from plinth.platform_roles where person_id = $1', [
    person,
  ])
  return rowCount > 0
}

/** The tenants that a person belongs to. */
export async function tenantsOf(
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<readonly Id<'tenant'>[]> {
  // Row-level security shows memberships to their own person.
  const [, found] = await tx.batch([
    { text: "select set_config('plinth.person_id', $1, true)", values: [person] },
    { text: 'select tenant_id from plinth.memberships where person_id = $1', values: [person] },
  ])
  return (found?.rows ?? []).map((row) => row['tenant_id'] as Id<'tenant'>)
}
