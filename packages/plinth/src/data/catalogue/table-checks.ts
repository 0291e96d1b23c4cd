import type { CatalogueCheck } from './check.ts'

/** Groups, row-level security and policies. `r` table, `p` partitioned table. */
export const tableChecks: readonly CatalogueCheck[] = [
  {
    row: 'TN-43',
    sql: `select format('%s is neither a global nor a tenant table: give it tenant_id, or list it', name)
                   as fault
            from subject where relkind in ('r', 'p') and grp is null`,
  },
  {
    row: 'TN-43',
    sql: `select format('%s is a tenant table without %s uuid not null', name, tenant_name) as fault
            from subject s where relkind in ('r', 'p') and grp = 'tenant'
             and not exists (select from pg_catalog.pg_attribute a
                              where a.attrelid = s.oid and a.attname = s.tenant_name
                                and a.atttypid = 'uuid'::regtype and a.attnotnull)`,
  },
  {
    row: 'TN-21',
    sql: `select format('%s has no row-level security', name) as fault
            from subject where relkind in ('r', 'p') and grp = 'tenant' and not relrowsecurity`,
  },
  {
    row: 'TN-21',
    sql: `select format('%s does not FORCE row-level security on its owner', name) as fault
            from subject where relkind in ('r', 'p') and grp = 'tenant' and not relforcerowsecurity`,
  },
  {
    row: 'TN-40',
    sql: `select format('%s has no tenant policy for %s', s.name, c.command) as fault
            from subject s, (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd'))
                   as c(command, letter)
           where s.relkind in ('r', 'p') and s.grp = 'tenant'
             and not exists (
               select from pg_catalog.pg_policy p
                where p.polrelid = s.oid and p.polpermissive and p.polcmd in ('*', c.letter)
                  and 0 = any(p.polroles)
                  and (c.letter = 'a' or pg_get_expr(p.polqual, p.polrelid) ~ (s.tenant_name || ' = '))
                  and (c.letter not in ('a', 'w')
                       or pg_get_expr(p.polwithcheck, p.polrelid) ~ (s.tenant_name || ' = ')))`,
  },
  {
    row: 'TN-23 TN-24',
    sql: `select format('policy %s of %s must read the tenant as nullif(current_setting(%L, true), %L)',
                        p.polname, s.name, 'plinth.tenant_id', '') as fault
            from pg_catalog.pg_policy p join subject s on s.oid = p.polrelid,
                 lateral unnest(array[pg_get_expr(p.polqual, p.polrelid),
                                      pg_get_expr(p.polwithcheck, p.polrelid)]) as e(expression)
           where e.expression ~ 'current_setting'
             and e.expression !~* 'nullif\\(current_setting\\(''plinth\\.(tenant|person)_id''::text, true\\), ''''::text\\)'`,
  },
  {
    row: 'TN-40',
    sql: `select format('policy %s of %s lets rows through that are not of the tenant', p.polname, s.name)
                   as fault
            from pg_catalog.pg_policy p join subject s on s.oid = p.polrelid,
                 lateral unnest(array[pg_get_expr(p.polqual, p.polrelid),
                                      pg_get_expr(p.polwithcheck, p.polrelid)]) as e(expression)
           where s.grp = 'tenant' and p.polpermissive and e.expression !~ ('^\\((' || s.tenant_name || '|person_id) = ')
             and not (p.polcmd = 'r' and p.polroles = array(
                        select oid from pg_catalog.pg_roles where rolname = 'plinth_search'))`,
  },
  {
    row: 'TN-40',
    sql: `select format('policy %s of %s shows rows by person: only memberships, and only to SELECT',
                        p.polname, s.name) as fault
            from pg_catalog.pg_policy p join subject s on s.oid = p.polrelid
           where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
                   ~ 'person_id = '
             and (s.name <> 'plinth.memberships' or p.polcmd <> 'r')`,
  },
]
