import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { tenancyEvents } from '../tenancy.events.ts'

/** Whose tenant it is. */
export interface TenantOwner {
  readonly person: Id<'person'>
  /** Name of the person, and of the tenant. */
  readonly name: string
  readonly actor: Actor
}

const LONGEST_NAME = 200

/** Makes the tenant that a person owns alone. */
export async function createPersonalTenant(
  tx: PlatformTx,
  { person, name, actor }: TenantOwner,
): Promise<Id<'tenant'>> {
  const tenant = newId<'tenant'>()
  await tx.query(
    "insert into plinth.tenants (id, slug, name, kind) values ($1, $2, $3, 'personal')",
    [tenant, `personal-${tenant.replaceAll('-', '')}`, name.slice(0, LONGEST_NAME)],
  )
  await tx.inTenant(tenant, async (inside) => {
    await inside.query(
      "insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'owner')",
      [tenant, person],
    )
    const target = { type: 'tenant', id: tenant }
    await record(inside, actor, tenancyEvents.created({ outcome: 'success', target }))
  })
  return tenant
}
