import type { Tx } from '../../data/index.ts'
import { roleProblems } from './roles.errors.ts'
import type { RolesDeps } from './roles-deps.ts'

/** Whether all of some grants are declared by the service, or were added by the tenant and are in use. */
export async function areGrantable(
  tx: Tx,
  deps: Pick<RolesDeps, 'catalogue'>,
  grants: readonly string[],
): Promise<boolean> {
  return (await ungrantable(tx, deps, grants)).length === 0
}

/**
 * Refuses what nobody can be given, by name: a scope that was mistyped opens nothing, and would say so
 * at the first use only.
 * @param asked the grants, and the path of the field they came in
 * @throws AppError permission.unknown
 */
export async function requireGrantable(
  tx: Tx,
  deps: Pick<RolesDeps, 'catalogue'>,
  asked: { readonly grants: readonly string[]; readonly path: string },
): Promise<void> {
  const unknown = await ungrantable(tx, deps, asked.grants)
  if (unknown.length === 0) return
  const details = unknown.map((grant) => ({
    path: asked.path,
    message: `there is no permission "${grant}"`,
    code: 'unknown',
  }))
  throw roleProblems.permissionUnknown({ details })
}

async function ungrantable(
  tx: Tx,
  { catalogue }: Pick<RolesDeps, 'catalogue'>,
  grants: readonly string[],
): Promise<readonly string[]> {
  const { declares } = catalogue()
  const others = grants.filter((grant) => !declares(grant))
  if (others.length === 0) return others
  const { rows } = await tx.query<{ key: string; area: string }>(
    `select key, split_part(key, ':', 1) || ':*' as area
       from plinth.permissions where tenant_id = $1 and is_active`,
    [tx.tenant],
  )
  const added = new Set(rows.flatMap(({ key, area }) => [key, area]))
  return others.filter((grant) => !added.has(grant))
}
