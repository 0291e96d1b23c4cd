import type { Queryable } from './db.ts'

/** What a start must know about the role that the service signs in as. */
export interface RoleFindings {
  /** The role owns tables or may become their owner: FORCE binds it, and it could lift that. */
  readonly ownsTables: boolean
  /** The server lacks fixes for known leaks past row-level security; one sentence. */
  readonly outdatedServer: string | undefined
}

/** The role or server is one that the service must not run on. Its message is for the operator. */
export class UnsafeRole extends Error {
  override readonly name = 'UnsafeRole'
}

interface Found {
  readonly role: string
  readonly version: number
  readonly strong: string | null
  readonly owns: boolean
}

const FIND = `
  select current_user as role, current_setting('server_version_num')::int as version,
         (select case when r.rolsuper then 'a superuser' else 'allowed to bypass row-level security' end
            from pg_catalog.pg_roles r
           where (r.rolsuper or r.rolbypassrls) and pg_has_role(current_user, r.oid, 'member')
           order by r.rolsuper desc limit 1) as strong,
         exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                  where n.nspname in ('plinth', 'app') and c.relkind in ('r', 'p')
                    and pg_has_role(current_user, c.relowner, 'member')) as owns`

const OLDEST_MAJOR = 15

/** First minor releases with the fixes of CVE-2025-8713 (statistics) and those before it. */
const FIXED_MINOR: Readonly<Record<number, number>> = { 15: 14, 16: 10, 17: 6 }

/**
 * Refuses a role for which row-level security does not exist.
 * @throws UnsafeRole for a superuser, BYPASSRLS, or a PostgreSQL before 15
 * @throws AppError `data.unavailable` when the database does not answer
 */
export async function assertSafeRole(db: Pick<Queryable, 'query'>): Promise<RoleFindings> {
  const { rows } = await db.query<Found>(FIND)
  const [found] = rows
  if (found === undefined) throw new TypeError('the server does not say who is signed in')
  const { role, version, strong, owns } = found
  if (strong !== null) {
    throw new UnsafeRole(
      `database.url: the role ${role} is ${strong}, so that tenants would see each other's data; ` +
        'run "plinth db setup --admin-url …" and use the URL that it prints for the app role',
    )
  }
  const major = Math.floor(version / 10_000)
  if (major < OLDEST_MAJOR) {
    throw new UnsafeRole(
      `database.url: PostgreSQL ${major} is too old; Plinth needs ${OLDEST_MAJOR} or newer`,
    )
  }
  return { ownsTables: owns, outdatedServer: outdated(major, version % 10_000) }
}

function outdated(major: number, minor: number): string | undefined {
  const fixed = FIXED_MINOR[major]
  if (fixed === undefined || minor >= fixed) return undefined
  return (
    `PostgreSQL ${major}.${minor} lacks fixes for leaks past row-level security; ` +
    `update it to ${major}.${fixed} or newer`
  )
}
