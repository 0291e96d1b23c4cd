/** What the platform's own tables of tenants keep about people; the service's say it themselves (`pii`). */
export const personalColumns: { readonly [table: string]: readonly string[] } = {
  'plinth.memberships': ['invited_email', 'notes', 'metadata'],
  'plinth.invitations': ['email'],
  'plinth.audit_events': ['client_address'],
}

/**
 * Tables that no export holds. An answer that is kept for its repetition is its asker's: it holds what no
 * declaration says of it, hidden fields and personal ones too.
 */
export const unexported: ReadonlySet<string> = new Set(['plinth.idempotency_keys'])
