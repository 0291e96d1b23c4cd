import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** A tenant that somebody belongs to, or was asked into, or is shut out of. */
export interface TenantOfPerson {
  readonly tenant: Id<'tenant'>
  readonly kind: 'personal' | 'organisation' | 'service'
  readonly role: string
}

/** Every tenant in which a person has a membership, whatever its state. */
export async function tenantsOf(
  tx: PlatformTx,
  person: string,
): Promise<readonly TenantOfPerson[]> {
  // Row-level security shows a person their own memberships, before a tenant is chosen.
  const [, found] = await tx.batch([
    { text: "select set_config('plinth.person_id', $1, true)", values: [person] },
    {
      text: `select m.tenant_id as tenant, t.kind, m.role
               from plinth.memberships m
               join plinth.tenants t on t.id = m.tenant_id and t.status <> 'deleted'
              where m.person_id = $1 order by m.tenant_id`,
      values: [person],
    },
  ])
  return (found?.rows ?? []) as readonly unknown[] as readonly TenantOfPerson[]
}
