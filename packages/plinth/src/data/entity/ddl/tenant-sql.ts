import type { Declaration } from '../declaration.ts'
import { plain } from '../names.ts'

/** The tenant that the connection stands in; NULL, and so no row, when it stands in none. */
export const CURRENT_TENANT = "nullif(current_setting('plinth.tenant_id', true), '')::uuid"

/** The condition that every row of a tenant's table keeps. */
export function tenantCondition({ tenant = 'tenant_id' }: Pick<Declaration, 'tenant'>): string {
  return `${plain(tenant)} = ${CURRENT_TENANT}`
}
