import type { Tx } from '../../data/index.ts'
import type { RolesDeps } from './roles-deps.ts'

/** Whether all of some grants are declared by the service, or were added by the tenant and are in use. */
export async function areGrantable(
  tx: Tx,
  { catalogue }: Pick<RolesDeps, 'catalogue'>,
  grants: readonly string[],
): Promise<boolean> {
  const { declares } = catalogue()
  const others = grants.filter((grant) => !declares(grant))
  if (others.length === 0) return true
  const { rows } = await tx.query<{ key: string; area: string }>(
    `select key, split_part(key, ':', 1) || ':*' as area
       from plinth.permissions where tenant_id = $1 and is_active`,
    [tx.tenant],
  )
  const added = new Set(rows.flatMap(({ key, area }) => [key, area]))
  return others.every((grant) => added.has(grant))
}
