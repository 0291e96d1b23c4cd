import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { isId } from '../../kernel/index.ts'
import type { TenantName } from '../tenant-name.ts'
import type { Standing } from './membership.ts'

// Row-level security shows a membership to its own person. A setting inside the query that reads
// would be unsafe (the planner may scan first), so it is a statement before it.
const ENTER = "select set_config('plinth.person_id', $1, true)"

const SELECT = `
  select m.tenant_id as tenant, t.slug, t.name, m.role, m.permissions, m.grants
    from plinth.memberships m
    join plinth.tenants t on t.id = m.tenant_id and t.status = 'active'
   where m.person_id = $1 and m.status = 'active' and m.invited_email is null and`
const TEXTS = { id: `${SELECT} t.id = $2`, slug: `${SELECT} t.slug = $2` } as const

/**
 * Finds what a person is in the tenant of a name: one round trip. Undefined for what is not there,
 * what is shut and where they do not belong; one query answers all three, in equal time.
 */
export async function findStanding(
  db: PlatformDb | PlatformTx,
  person: string,
  name: TenantName,
): Promise<Standing | undefined> {
  // Somebody else's identity may name people by other things; they have no membership here.
  if (!isId(person)) return undefined
  const [, found] = await db.batch([
    { text: ENTER, values: [person] },
    { text: TEXTS[name.by], values: [person, name.text] },
  ])
  return found?.rows[0] as Standing | undefined
}
