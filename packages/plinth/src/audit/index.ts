export type { AuditEvent, AuditOutcome, AuditTarget } from './audit-event.ts'
export type { EventFields, EventKind, Events } from './define-events.ts'
export { defineEvents } from './define-events.ts'
export { auditStatement, record, recordOutside } from './record.ts'
