import type { AuditEvent } from '../audit/index.ts'
import type { AnyEntity } from '../data/index.ts'

/**
 * What the audit log keeps of a change: which row, and which fields. Their values stay in the row,
 * so that erasing a person's data there erases it everywhere.
 */
export function entityEvent(
  entity: Pick<AnyEntity, 'name'>,
  action: 'create' | 'update' | 'delete' | 'restore',
  { id, fields = [] }: { readonly id: string; readonly fields?: readonly string[] },
): AuditEvent {
  return {
    action: `${entity.name}.${action}`,
    outcome: 'success',
    target: { type: entity.name, id },
    ...(fields.length > 0 && { data: { fields } }),
  }
}
