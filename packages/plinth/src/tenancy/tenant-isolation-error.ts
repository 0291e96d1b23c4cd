/**
 * An object of another tenant was touched. Any Fastify answers it with 404, as for what is not there.
 */
export class TenantIsolationError extends Error {
  override readonly name = 'TenantIsolationError'
  readonly code = 'tenant.isolation'
  /** What Fastify's own error handler reads. */
  readonly statusCode = 404

  constructor() {
    super('There is nothing of this tenant here.')
  }
}

/**
 * Refuses an object that is not of the tenant at work: for data that no row-level security guards,
 * such as an answer of another service.
 * @param bound a `db`, or `{ tenant: tenantOf(request) }`
 * @param owner the tenant that the object says it belongs to
 * @throws TenantIsolationError when the two differ, or no tenant is at work
 */
export function assertSameTenant(
  bound: { readonly tenant: string | undefined },
  owner: string | null | undefined,
): void {
  if (bound.tenant === undefined || owner !== bound.tenant) throw new TenantIsolationError()
}
