import type { Client } from 'pg'
import { roles } from '../roles/role-names.ts'

/**
 * Some hosts give one role and let it make no others. There the service runs as the owner, which
 * FORCE ROW LEVEL SECURITY binds, and grants go to that role itself.
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
  const names = new RegExp(`\\b(?:${Object.values(roles).join('|')})\\b`, 'g')
  return (sql) => sql.replace(names, 'current_user')
}
