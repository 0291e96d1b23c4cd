import type { PlatformDb } from '../db.ts'
import { schemas } from './role-names.ts'

/** Whether row-level security binds the role of a connection. */
export type RoleStanding =
  /** It does. A role that owns tables is bound by FORCE alone, and could take that away. */
  | { readonly code: 'bound'; readonly ownsTables: boolean }
  /** It does not, or the server is too old to trust; the sentence says what to do. */
  | { readonly code: 'refused'; readonly sentence: string }

interface Facts {
  readonly name: string
  readonly superuser: boolean
  readonly bypasses: boolean
  readonly owns: boolean
  readonly version: number
}

const FACTS = `
  select r.rolname as name, strong.superuser, strong.bypasses,
         exists (select from pg_catalog.pg_class c
                   join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                  where n.nspname in ('${schemas.platform}', '${schemas.service}')
                    and pg_catalog.pg_has_role(r.oid, c.relowner, 'member')) as owns,
         current_setting('server_version_num')::int as version
    from pg_catalog.pg_roles r,
         -- What a role may become counts as what it is: SET ROLE is one statement away.
         lateral (select coalesce(bool_or(m.rolsuper), false) as superuser,
                         coalesce(bool_or(m.rolbypassrls), false) as bypasses
                    from pg_catalog.pg_roles m
                   where pg_catalog.pg_has_role(r.oid, m.oid, 'member')) as strong
   where r.rolname = current_user`

/**
 * First release of each major without the row-level-security faults CVE-2024-10976 (a cached plan
 * kept another role's policies) and CVE-2025-8713 (statistics showed hidden values).
 */
const LEAST: Readonly<Record<number, number>> = { 15: 14, 16: 10, 17: 6 }
const OLDEST_MAJOR = 15

/** Asks the database about the role of this process (TN-36, TN-39). */
export async function roleStanding(platform: PlatformDb): Promise<RoleStanding> {
  const { rows } = await platform.query<Facts>(FACTS)
  const [facts] = rows
  if (facts === undefined)
    return { code: 'refused', sentence: 'The database knows no current role.' }
  const sentence = roleFault(facts) ?? versionFault(facts.version)
  return sentence === undefined
    ? { code: 'bound', ownsTables: facts.owns }
    : { code: 'refused', sentence }
}

function roleFault({ name, superuser, bypasses }: Facts): string | undefined {
  if (!superuser && !bypasses) return undefined
  const what = superuser ? 'is a superuser, or may become one' : 'has BYPASSRLS'
  return `database.url: role "${name}" ${what}, so tenants could see each other's rows → run "plinth db setup --admin-url …" and use the app URL that it prints.`
}

/** What is wrong with a server version such as 170010; undefined when nothing is. */
export function versionFault(version: number): string | undefined {
  const [major, minor] = [Math.floor(version / 10_000), version % 10_000]
  const least = LEAST[major] ?? 0
  if (major >= OLDEST_MAJOR && minor >= least) return undefined
  const wanted = major < OLDEST_MAJOR ? String(OLDEST_MAJOR) : `${major}.${least}`
  return `database.url: PostgreSQL ${major}.${minor} has known faults in row-level security → update the server to ${wanted} or newer.`
}
