import type { Tx } from '../../data/index.ts'
import { nearest } from '../../kernel/index.ts'
import { roleProblems } from './roles.errors.ts'
import type { RolesDeps } from './roles-deps.ts'

/**
 * Refuses what nobody can be given, by name and with the nearest that there is: a grant that was
 * mistyped opens nothing, and would say so at the first use only. Grantable is what the service
 * declares, or the tenant added and did not switch off, and wildcards over these.
 * @param asked the grants, and the path of the field they came in
 * @throws AppError permission.unknown
 */
export async function requireGrantable(
  tx: Tx,
  { catalogue }: Pick<RolesDeps, 'catalogue'>,
  asked: { readonly grants: readonly string[]; readonly path: string },
): Promise<void> {
  const { declares, grants } = catalogue()
  const others = asked.grants.filter((grant) => !declares(grant))
  if (others.length === 0) return
  const added = await addedGrants(tx)
  const unknown = others.filter((grant) => !added.has(grant))
  if (unknown.length === 0) return
  const known = [...grants, ...added]
  const details = unknown.map((grant) => ({
    path: asked.path,
    message: `there is no permission "${grant}"${suggestion(nearest(grant, known))}`,
    code: 'unknown',
  }))
  throw roleProblems.permissionUnknown({ details })
}

const suggestion = (near: string | undefined) =>
  near === undefined ? '' : `; did you mean "${near}"?`

async function addedGrants(tx: Tx): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ key: string; area: string }>(
    `select key, split_part(key, ':', 1) || ':*' as area
       from plinth.permissions where tenant_id = $1 and is_active`,
    [tx.tenant],
  )
  return new Set(rows.flatMap(({ key, area }) => [key, area]))
}
