import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** Where a person may begin. */
export interface Home {
  /** Their personal tenant, else the one they are in longest; null when none is open for work. */
  readonly tenant: Id<'tenant'> | null
  /** Whether they are in any tenant at all, shut ones included. */
  readonly belongs: boolean
}

// The tenant of mode none stays behind when the mode changes.
const OF_PERSON = `
  select m.tenant_id as tenant, t.status
    from plinth.memberships m
    join plinth.tenants t on t.id = m.tenant_id
   where m.person_id = $1 and m.status = 'active' and m.invited_email is null
     and t.kind <> 'service'
   order by t.status = 'active' desc, t.kind = 'personal' desc, m.created_at, m.tenant_id
   limit 1`

/** Finds the tenant that a person begins in. */
export async function homeTenant(tx: PlatformTx, person: Id<'person'>): Promise<Home> {
  // Row-level security shows a person their own memberships, before a tenant is chosen.
  const [, found] = await tx.batch([
    { text: "select set_config('plinth.person_id', $1, true)", values: [person] },
    { text: OF_PERSON, values: [person] },
  ])
  const row = found?.rows[0] as { tenant: Id<'tenant'>; status: string } | undefined
  return { tenant: row?.status === 'active' ? row.tenant : null, belongs: row !== undefined }
}
