import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import type { Db, PlatformDb, SystemContext } from '../db.ts'

/** What entering tenants without a request needs. */
export interface SystemParts {
  readonly platform: PlatformDb
  readonly forTenant: (tenant: Id<'tenant'>) => Db
  readonly clock: Clock
}

const AUDIT = `
  insert into plinth.audit_events (id, tenant_id, actor_kind, action, outcome, reason)
  values ($1, $2, 'system', 'system.context', 'success', $3)`

// The tenants of a page are entered one after the other: by then one may be shut, and what is written into
// a deleted one after it was erased nobody would take away.
const AUDIT_IF_OPEN = `
  insert into plinth.audit_events (id, tenant_id, actor_kind, action, outcome, reason)
  select $1::uuid, t.id, 'system', 'system.context', 'success', $3
    from plinth.tenants t where t.id = $2 and t.status = 'active'`

const PAGE = 500
const ACTIVE = `
  select id from plinth.tenants where status = 'active' and ($1::uuid is null or id > $1)
   order by id limit ${PAGE}`

const LONGEST_REASON = 256

/**
 * Work that belongs to no request. The audit row is written before it, and stays if it fails.
 * @throws TypeError when the reason says nothing, or too much to be kept
 */
export function systemContext(parts: SystemParts, reason: string): SystemContext {
  if (reason.trim() === '' || reason.length > LONGEST_REASON) {
    throw new TypeError(`system() needs a reason of 1 to ${LONGEST_REASON} characters`)
  }
  const noted = async (db: Db, text: string): Promise<boolean> =>
    (await db.query(text, [newId(parts.clock), db.tenant, reason])).rowCount > 0
  return {
    async inTenant(tenant, work) {
      const db = parts.forTenant(tenant)
      await noted(db, AUDIT)
      return db.transaction(work)
    },
    async eachTenant(work) {
      for await (const tenant of activeTenants(parts.platform)) {
        const db = parts.forTenant(tenant)
        if (await noted(db, AUDIT_IF_OPEN)) await db.transaction(work)
      }
    },
  }
}

/** Page by page, in the order of their ids: a tenant that is made meanwhile comes last. */
async function* activeTenants(platform: PlatformDb): AsyncGenerator<Id<'tenant'>> {
  let last: Id<'tenant'> | null = null
  do {
    const page: readonly { readonly id: Id<'tenant'> }[] = (
      await platform.query<{ id: Id<'tenant'> }>(ACTIVE, [last])
    ).rows
    for (const { id } of page) yield id
    last = page.length < PAGE ? null : (page.at(-1)?.id ?? null)
  } while (last !== null)
}
