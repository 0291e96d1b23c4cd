const CONSTRAINT = 'memberships_administered'

/**
 * Whether the database refused a change because it would leave a tenant of several people without
 * anybody who may do everything (migration 0046). It says so when the transaction ends.
 */
export function isLastAdministrator(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('constraint' in error && error.constraint === CONSTRAINT) return true
  return isLastAdministrator(error.cause)
}
