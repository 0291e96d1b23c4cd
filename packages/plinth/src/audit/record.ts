import type { Actor } from '../access/index.ts'
import type { PlatformDb, PlatformTx, Statement, Tx } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'
import { NIL_ID, newId } from '../kernel/index.ts'
import { auditData, storableText } from './audit-data.ts'
import type { AuditEvent } from './audit-event.ts'

const INSERT = `
  insert into plinth.audit_events
    (id, tenant_id, actor_kind, actor_id, action, target_type, target_id, outcome, reason,
     client_address, request_id, data, credential_kind, credential_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`

/** Sets the tenant of the one transaction that a batch is (third argument: local to it). */
const ENTER_TENANT = "select set_config('plinth.tenant_id', $1, true)"

/**
 * Writes an event in the transaction of the change that it tells of: both commit, or neither.
 * @param actor from the context of the request; never built from what a client sent
 */
export async function record(tx: Tx | PlatformTx, actor: Actor, event: AuditEvent): Promise<void> {
  const { text, values } = auditStatement('tenant' in tx ? tx.tenant : null, actor, event)
  await tx.query(text, values)
}

/**
 * The same as a statement, so that a change and its audit row share one `batch`.
 * @param tenant the tenant of the door that runs the batch; null for the platform
 */
export function auditStatement(
  tenant: Id<'tenant'> | null,
  actor: Actor,
  event: AuditEvent,
): Statement {
  return {
    text: INSERT,
    values: [
      newId(),
      tenant ?? NIL_ID,
      actor.kind,
      actor.person,
      event.action,
      event.target?.type ?? null,
      bounded(event.target?.id),
      event.outcome,
      bounded(event.reason),
      bounded(actor.clientAddress),
      bounded(actor.requestId),
      auditData(event.data),
      actor.credential?.kind ?? null,
      bounded(actor.credential?.id),
    ],
  }
}

/**
 * Writes an event of something that was refused or failed, in a transaction of its own: the row
 * stays although the caller's transaction rolls back.
 * @param tenant where it was tried; null when no tenant was reached
 */
export async function recordOutside(
  platform: PlatformDb,
  actor: Actor,
  event: AuditEvent,
  tenant: Id<'tenant'> | null = null,
): Promise<void> {
  const insert = auditStatement(tenant, actor, event)
  const enter: Statement = { text: ENTER_TENANT, values: [tenant ?? NIL_ID] }
  await platform.batch([enter, insert])
}

function bounded(text: string | null | undefined): string | null {
  return text ? storableText(text, 256) : null
}
