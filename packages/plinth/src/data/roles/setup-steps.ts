import { type Client, escapeIdentifier, escapeLiteral } from 'pg'
import type { LoginRoles } from './role-names.ts'
import { roles } from './role-names.ts'
import { scramVerifier } from './scram-verifier.ts'

/** One statement of the setup. */
export interface SetupStep {
  readonly sql: string
  /** What a person may see of it, where the statement itself holds a secret. */
  readonly shown?: string
  readonly creates?: 'database'
}

/** What the steps are computed from. */
export interface SetupRequest {
  readonly database: string
  readonly names: LoginRoles
  readonly passwords: Partial<LoginRoles>
  readonly dryRun: boolean
}

interface RoleRow {
  readonly rolname: string
  readonly rolsuper: boolean
  readonly rolbypassrls: boolean
  readonly rolcreaterole: boolean
  readonly rolcreatedb: boolean
  readonly settings: readonly string[]
  readonly groups: readonly string[]
  /** Whether it has the rights of its groups at once, without SET ROLE. */
  readonly rolinherit: boolean
  /** Groups whose rights it has at once; the same as `groups` before PostgreSQL 16. */
  readonly inherited: readonly string[]
}

const id = escapeIdentifier

/** Roles, their rights and the database itself: what belongs to the whole server. */
export async function serverSteps(
  admin: Client,
  { database, names, passwords }: SetupRequest,
): Promise<readonly SetupStep[]> {
  const known = await rolesOf(admin, [...Object.values(roles), ...Object.values(names)])
  const groups = Object.values(roles)
    .filter((role) => !known.has(role))
    .map((role) => ({ sql: `create role ${id(role)} nologin` }))
  const logins = (['owner', 'app', 'readonly'] as const).flatMap((kind) =>
    loginSteps(names[kind], known.get(names[kind]), passwords[kind]),
  )
  return [
    ...groups,
    ...logins,
    ...memberSteps(known, names),
    ...(await searchSteps(admin, known.get(names.owner), names.owner)),
    ...limitSteps(known, names),
    ...(await createDatabaseSteps(admin, database, names.owner)),
  ]
}

async function rolesOf(
  admin: Client,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, RoleRow>> {
  const { rows } = await admin.query<RoleRow>(
    `select r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolinherit,
            coalesce((select s.setconfig from pg_catalog.pg_db_role_setting s
                       where s.setrole = r.oid and s.setdatabase = 0), '{}') as settings,
            array(select g.rolname::text from pg_catalog.pg_auth_members m
                    join pg_catalog.pg_roles g on g.oid = m.roleid
                   where m.member = r.oid) as groups,
            array(select g.rolname::text from pg_catalog.pg_auth_members m
                    join pg_catalog.pg_roles g on g.oid = m.roleid
                   where m.member = r.oid
                     and coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)) as inherited
       from pg_catalog.pg_roles r where r.rolname = any($1)`,
    [wanted],
  )
  return new Map(rows.map((row) => [row.rolname, row]))
}

function loginSteps(
  name: string,
  row: RoleRow | undefined,
  password: string | undefined,
): readonly SetupStep[] {
  const shown = `password '[hidden]'`
  const secret = password === undefined ? '' : `password ${escapeLiteral(scramVerifier(password))}`
  if (row === undefined) {
    const create = `create role ${id(name)} login`
    return [{ sql: `${create} ${secret}`, shown: `${create} ${shown}` }]
  }
  const alter = `alter role ${id(name)}`
  const tooMuch = [
    row.rolsuper && 'nosuperuser',
    row.rolbypassrls && 'nobypassrls',
    row.rolcreaterole && 'nocreaterole',
    row.rolcreatedb && 'nocreatedb',
  ].filter((word) => word !== false)
  return [
    ...(tooMuch.length > 0 ? [{ sql: `${alter} ${tooMuch.join(' ')}` }] : []),
    ...(secret === '' ? [] : [{ sql: `${alter} ${secret}`, shown: `${alter} ${shown}` }]),
  ]
}

function memberSteps(known: ReadonlyMap<string, RoleRow>, names: LoginRoles): readonly SetupStep[] {
  const wanted = [
    [roles.app, names.app],
    [roles.readonly, names.readonly],
  ] as const
  return wanted
    .filter(([group, member]) => known.get(member)?.groups.includes(group) !== true)
    .map(([group, member]) => ({ sql: `grant ${id(group)} to ${id(member)}` }))
}

/**
 * The owner hands search functions over to the role that owns them, so it may become that role; but
 * it must not have its rights all the time: a policy lets that role see every tenant.
 */
async function searchSteps(
  admin: Client,
  owner: RoleRow | undefined,
  name: string,
): Promise<readonly SetupStep[]> {
  const { rows } = await admin.query<{ each: boolean }>(
    "select current_setting('server_version_num')::int >= 160000 as each",
  )
  const grant = `grant ${id(roles.search)} to ${id(name)}`
  const member = owner?.groups.includes(roles.search) === true
  // Before PostgreSQL 16 inheritance is a matter of the member, not of each membership.
  if (rows[0]?.each !== true) {
    return [
      ...(owner?.rolinherit === false ? [] : [{ sql: `alter role ${id(name)} noinherit` }]),
      ...(member ? [] : [{ sql: grant }]),
    ]
  }
  const bound = member && owner?.inherited.includes(roles.search) === false
  return bound ? [] : [{ sql: `${grant} with inherit false, set true` }]
}

/**
 * A ceiling for connections that did not set their own, such as those through a pooler that drops
 * start-up parameters.
 */
function limitSteps(known: ReadonlyMap<string, RoleRow>, names: LoginRoles): readonly SetupStep[] {
  const wanted = [
    [names.app, 'idle_in_transaction_session_timeout', '60s'],
    [names.app, 'statement_timeout', '60s'],
    [names.readonly, 'statement_timeout', '60s'],
    [names.readonly, 'default_transaction_read_only', 'on'],
  ] as const
  return wanted
    .filter(
      ([role, key]) =>
        known.get(role)?.settings.some((line) => line.startsWith(`${key}=`)) !== true,
    )
    .map(([role, key, value]) => ({
      sql: `alter role ${id(role)} set ${key} = ${escapeLiteral(value)}`,
    }))
}

async function createDatabaseSteps(
  admin: Client,
  database: string,
  owner: string,
): Promise<readonly SetupStep[]> {
  const { rows } = await admin.query<{ there: boolean; superuser: boolean }>(
    `select exists (select from pg_catalog.pg_database where datname = $1) as there,
            (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as superuser`,
    [database],
  )
  if (rows[0]?.there === true) return []
  return [
    // Only a superuser makes a database for a role that it is no member of.
    ...(rows[0]?.superuser === true ? [] : [{ sql: `grant ${id(owner)} to current_user` }]),
    { sql: `create database ${id(database)} owner ${id(owner)}`, creates: 'database' },
  ]
}
