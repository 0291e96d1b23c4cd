import type { Declaration } from '../declaration.ts'
import type { ForeignKey } from '../keys.ts'
import { plain } from '../names.ts'
import { keyColumns, tableName } from './table-name.ts'

/**
 * The definition of a foreign key: within the tenant, so that no row can point into another; to the
 * bare key of a table that is nobody's.
 * @param known the entities that it may refer to
 * @throws TypeError when it refers to none of them, or from nobody's rows to a tenant's
 */
export function foreignKeySql(
  key: ForeignKey,
  declaration: Declaration,
  known: readonly Declaration[],
): string {
  const { column, onDelete } = key
  const { scope, target } = endsOf(key, declaration, known)
  const own = `foreign key (${keyColumns(scope, [column])})`
  // SET NULL names its column: the tenant must stay.
  const action = onDelete === 'set null' ? `set null (${plain(column)})` : onDelete
  return `${own} references ${target} on delete ${action}`
}

/** What stands before the column, and the other end with its columns. */
function endsOf(
  key: ForeignKey,
  declaration: Declaration,
  known: readonly Declaration[],
): { readonly scope: Pick<Declaration, 'tenant'>; readonly target: string } {
  if (key.target === 'member') {
    return { scope: declaration, target: 'plinth.memberships (tenant_id, person_id)' }
  }
  const other = targetOf(key, declaration, known)
  if (other.tenant !== undefined && declaration.tenant === undefined) {
    throw new TypeError(
      `${declaration.name}.${key.column}: a row of nobody cannot refer to "${other.name}", whose rows belong to tenants`,
    )
  }
  const scope = other.tenant === undefined ? { tenant: undefined } : declaration
  return { scope, target: `${tableName(other)} (${keyColumns(other, [other.key])})` }
}

/**
 * The entity that a reference points at.
 * @throws TypeError when it is not among those given
 */
function targetOf(
  { to, column }: ForeignKey,
  { name }: Declaration,
  known: readonly Declaration[],
): Declaration {
  const target = known.find((other) => other.name === to)
  if (target !== undefined) return target
  throw new TypeError(`${name}.${column} refers to "${to}", which is not among the entities given`)
}
