import { type Client, escapeIdentifier } from 'pg'
import type { LoginRoles } from './role-names.ts'
import { roles, schemas } from './role-names.ts'
import type { SetupRequest, SetupStep } from './setup-steps.ts'

const id = escapeIdentifier

/** Schemas and grants inside the database. */
export async function databaseSteps(
  admin: Client,
  { database, names }: SetupRequest,
): Promise<readonly SetupStep[]> {
  const { rows } = await admin.query<{ nspname: string }>(
    'select nspname from pg_catalog.pg_namespace where nspname = any($1)',
    [Object.values(schemas)],
  )
  const known = new Set(rows.map(({ nspname }) => nspname))
  const made = Object.values(schemas)
    .filter((schema) => !known.has(schema))
    .map((schema) => ({ sql: `create schema ${id(schema)} authorization ${id(names.owner)}` }))
  return [...(await connectSteps(admin, database, names)), ...made, ...(await usageSteps(admin))]
}

const MISSING_CONNECT = `
  select wanted.role, wanted.privilege
    from (select unnest($2::text[]) as role, 'CONNECT' as privilege
           union all select $3::text, 'CREATE') as wanted
    left join pg_catalog.pg_roles r on r.rolname = wanted.role
   where not exists (select from pg_catalog.pg_database d, lateral aclexplode(d.datacl) a
                      where d.datname = $1 and a.grantee = r.oid
                        and a.privilege_type = wanted.privilege)`

/** Nobody but this service's roles connects: the groups are shared by all databases of a server. */
async function connectSteps(
  admin: Client,
  database: string,
  names: LoginRoles,
): Promise<readonly SetupStep[]> {
  const missing = await admin.query<{ role: string; privilege: string }>(MISSING_CONNECT, [
    database,
    Object.values(names),
    names.owner,
  ])
  const open = await admin.query<{ open: boolean }>(
    "select has_database_privilege('public', $1, 'connect') as open",
    [database],
  )
  const on = `on database ${id(database)}`
  return [
    ...(open.rows[0]?.open === true ? [{ sql: `revoke all ${on} from public` }] : []),
    ...missing.rows.map(({ role, privilege }) => ({
      sql: `grant ${privilege.toLowerCase()} ${on} to ${id(role)}`,
    })),
  ]
}

const MISSING_USAGE = `
  select wanted.role, wanted.schema
    from (values ($1, $4), ($1, $5), ($2, $4), ($2, $5), ($3, $5)) as wanted(role, schema)
    left join pg_catalog.pg_roles r on r.rolname = wanted.role
   where has_schema_privilege(r.oid, to_regnamespace(wanted.schema)::oid, 'usage') is not true`

async function usageSteps(admin: Client): Promise<readonly SetupStep[]> {
  const { app, readonly, search } = roles
  const missing = await admin.query<{ role: string; schema: string }>(MISSING_USAGE, [
    app,
    readonly,
    search,
    schemas.platform,
    schemas.service,
  ])
  const open = await admin.query<{ open: boolean }>(
    "select has_schema_privilege('public', 'public', 'usage') as open where to_regnamespace('public') is not null",
  )
  return [
    ...(open.rows[0]?.open === true ? [{ sql: 'revoke all on schema public from public' }] : []),
    ...missing.rows.map(({ role, schema }) => ({
      sql: `grant usage on schema ${id(schema)} to ${id(role)}`,
    })),
  ]
}
