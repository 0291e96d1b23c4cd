import type { Client } from 'pg'
import { roles } from '../roles/role-names.ts'

/**
 * Some hosts give one role and let it make no others. There the service runs as the owner, which
 * FORCE ROW LEVEL SECURITY binds, and grants go to that role itself. Search functions run with the
 * rights of who asks: still right, but below the policy PostgreSQL reads the tenant's rows one by one.
 * @returns what to do with the text of each migration
 * @throws Error naming `plinth db setup` when the roles are missing and could be made
 */
export async function forOneRole(client: Client): Promise<(sql: string) => string> {
  const { rows } = await client.query<{ missing: number; may: boolean }>(
    `select cardinality($1::text[]) - (select count(*)::int from pg_catalog.pg_roles
                                        where rolname = any($1)) as missing,
            rolsuper or rolcreaterole as may
       from pg_catalog.pg_roles where rolname = current_user`,
    [Object.values(roles)],
  )
  const found = rows[0]
  if (found === undefined || found.missing === 0) return (sql) => sql
  if (found.may) {
    throw new Error('the roles of this database are missing; run "plinth db setup --admin-url …"')
  }
  return (sql) => withoutSearchRole(sql).replace(GROUPS, 'current_user')
}

const GROUPS = new RegExp(`\\b(?:${roles.app}|${roles.readonly})\\b`, 'g')

// Its policy opens a table to the search role, and would open it to the one role instead.
const FOR_SEARCH = new RegExp(
  `^(?:create policy|alter function|grant|revoke|drop policy)\\b[^;]*\\b${roles.search}\\b[^;]*;\\n?`,
  'gim',
)

/**
 * What is left of a migration where there is no search role.
 * @throws Error when it names the role in a way that nothing can stand for
 */
export function withoutSearchRole(sql: string): string {
  const left = sql.replace(FOR_SEARCH, '')
  if (left === sql && !sql.includes(roles.search)) return sql
  if (left.includes(roles.search)) {
    throw new Error(
      `this host gives one role, and a migration names ${roles.search}; ask the host for a second role, or take that statement out`,
    )
  }
  return left.replace(/\bsecurity definer\b/gi, 'security invoker')
}
