import type { CatalogueCheck } from './check.ts'

/** What stands beside tables: views, functions, partitions, operators. */
export const objectChecks: readonly CatalogueCheck[] = [
  {
    row: 'TN-29',
    sql: `select format('view %s shows every tenant''s rows: create it with (security_invoker = true)',
                        name) as fault
            from subject where relkind = 'v' and grp is distinct from 'library'
             and not coalesce(reloptions, '{}') && array['security_invoker=true', 'security_invoker=on',
                                                         'security_invoker=1']`,
  },
  {
    row: 'TN-30',
    sql: `select format('materialised view %s goes around row-level security', name) as fault
            from subject where relkind = 'm' and grp is distinct from 'library'`,
  },
  {
    row: 'TN-30',
    sql: `select format('function %s is SECURITY DEFINER and not a search function of plinth_search',
                        p.oid::regprocedure) as fault
            from pg_catalog.pg_proc p
            join pg_catalog.pg_namespace n on n.oid = p.pronamespace
            join pg_catalog.pg_roles r on r.oid = p.proowner
           where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
             and not (r.rolname = 'plinth_search' and p.oid in (select oid from search_function))
             and not exists (select from pg_catalog.pg_depend d
                              where d.objid = p.oid and d.deptype = 'e')`,
  },
  {
    row: 'TN-30',
    sql: `select format('function %s belongs to plinth_search and is not as Plinth makes it; make it anew',
                        p.oid::regprocedure) as fault
            from pg_catalog.pg_proc p join pg_catalog.pg_roles r on r.oid = p.proowner
           where r.rolname = 'plinth_search' and p.oid not in (select oid from search_function)`,
  },
  {
    row: 'TN-30',
    sql: `select format('everybody may execute %s: revoke it from public', p.oid::regprocedure) as fault
            from pg_catalog.pg_proc p join pg_catalog.pg_roles r on r.oid = p.proowner
           where r.rolname = 'plinth_search'
             and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                          where a.grantee = 0)`,
  },
  {
    row: 'TN-30',
    sql: `select format('%s may act as plinth_search, which sees every tenant', r.rolname) as fault
            from pg_catalog.pg_roles r
            join pg_catalog.pg_roles search on search.rolname = 'plinth_search'
           where not r.rolsuper and r.oid <> search.oid
             and (pg_has_role(r.oid, search.oid, 'usage')
                  or pg_has_role(r.oid, search.oid, 'member')
                     and exists (select from pg_catalog.pg_roles g
                                  where g.rolname in ('plinth_app', 'plinth_readonly')
                                    and pg_has_role(r.oid, g.oid, 'member')))`,
  },
  {
    row: 'TN-30',
    sql: `select format('plinth_search may %s', case when rolcanlogin then 'log in'
                                                    when rolsuper then 'do anything: it is a superuser'
                                                    else 'go around row-level security' end) as fault
            from pg_catalog.pg_roles
           where rolname = 'plinth_search' and (rolcanlogin or rolsuper or rolbypassrls)`,
  },
  {
    row: 'TN-37',
    sql: `select format('function %s is marked LEAKPROOF by hand', p.oid::regprocedure) as fault
            from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
           where p.proleakproof and n.nspname not in ('pg_catalog', 'information_schema')`,
  },
  {
    row: 'TN-42',
    sql: `select format('%s is a partition of %s without its row-level security', s.name, parent.name)
                   as fault
            from pg_catalog.pg_inherits h
            join subject s on s.oid = h.inhrelid
            join subject parent on parent.oid = h.inhparent
           where parent.grp = 'tenant' and not (s.relrowsecurity and s.relforcerowsecurity)`,
  },
]
