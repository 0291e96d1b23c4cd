/** How an action ended. */
export type AuditOutcome = 'success' | 'denied' | 'failed'

/** What an action was done to. */
export interface AuditTarget {
  /** Kind of thing: `product`, `session`. */
  readonly type: string
  readonly id: string
}

/** One thing that happened, as the audit log keeps it. Who did it comes from the actor only. */
export interface AuditEvent {
  /** Dotted name: `product.create`, `auth.sign_in`. */
  readonly action: string
  readonly outcome: AuditOutcome
  readonly target?: AuditTarget
  /** Stable code of why it was denied or failed. */
  readonly reason?: string
  /** Further facts: bounded, and never a secret. */
  readonly data?: object
}
