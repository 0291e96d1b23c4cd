import type { PlatformTx } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'

const OF_PERSON = `
  select m.tenant_id
    from plinth.memberships m
    join plinth.tenants t on t.id = m.tenant_id and t.status = 'active'
   where m.person_id = $1
   order by t.kind = 'personal' desc, m.created_at, m.tenant_id
   limit 1`

/** The tenant a person starts in: their personal one, else the one they are in longest. */
export async function homeTenant(
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<Id<'tenant'> | null> {
  // Row-level security shows a person their own memberships, before a tenant is chosen.
  const [, found] = await tx.batch([
    { text: "select set_config('plinth.person_id', $1, true)", values: [person] },
    { text: OF_PERSON, values: [person] },
  ])
  const row = found?.rows[0] as { tenant_id: Id<'tenant'> } | undefined
  return row?.tenant_id ?? null
}
