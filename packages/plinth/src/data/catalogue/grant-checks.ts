import type { CatalogueCheck } from './check.ts'

/** Who may do what. $4 holds `table privilege` for each thing that the app role may do. */
export const grantChecks: readonly CatalogueCheck[] = [
  {
    row: 'TN-43',
    sql: `select format('plinth_app lacks %s on %s', upper(p.privilege), s.name) as fault
            from subject s, unnest(array['select', 'insert', 'update', 'delete']) as p(privilege),
                 pg_catalog.pg_roles app
           where app.rolname = 'plinth_app' and s.relkind in ('r', 'p') and not s.relispartition
             and (s.name || ' ' || p.privilege = any($4)
                  or (s.grp = 'tenant' and not s.name = any($2)))
             and not has_table_privilege(app.oid, s.oid, p.privilege)`,
  },
  {
    row: 'TN-34',
    sql: `select format('%s may %s %s', coalesce(r.rolname, 'everybody'), a.privilege_type, s.name) as fault
            from subject s cross join lateral aclexplode(s.relacl) a
            left join pg_catalog.pg_roles r on r.oid = a.grantee
           where s.relkind in ('r', 'p', 'v', 'm') and s.grp is distinct from 'library'
             and a.grantee <> s.relowner
             and case
                   when r.rolname = 'plinth_app' then
                     case when s.name = any($1 || $2)
                          then not s.name || ' ' || lower(a.privilege_type) = any($4)
                          else a.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') end
                   when r.rolname in ('plinth_readonly', 'plinth_search') then a.privilege_type <> 'SELECT'
                   when r.rolname is null then true
                   else pg_has_role(r.oid, (select oid from pg_catalog.pg_roles
                                             where rolname = 'plinth_app'), 'member')
                 end`,
  },
  {
    row: 'TN-39',
    sql: `select format('%s could go around row-level security: it is %s', r.rolname,
                        case when r.rolsuper then 'a superuser' else 'BYPASSRLS' end) as fault
            from pg_catalog.pg_roles r
           where (r.rolsuper or r.rolbypassrls)
             and exists (select from pg_catalog.pg_auth_members m
                           join pg_catalog.pg_roles g on g.oid = m.roleid
                          where m.member = r.oid and g.rolname in ('plinth_app', 'plinth_readonly'))
          union all
          select format('%s may become %s, which could go around row-level security',
                        r.rolname, strong.rolname)
            from pg_catalog.pg_roles r
            join pg_catalog.pg_auth_members m on m.member = r.oid
            join pg_catalog.pg_roles strong on strong.oid = m.roleid
           where (strong.rolsuper or strong.rolbypassrls)
             and (r.rolname in ('plinth_app', 'plinth_readonly', 'plinth_search')
                  or exists (select from pg_catalog.pg_auth_members own
                               join pg_catalog.pg_roles g on g.oid = own.roleid
                              where own.member = r.oid and g.rolname = 'plinth_app'))`,
  },
  {
    row: 'TN-21',
    sql: `select format('%s runs the service and is %s of %s', r.rolname,
                        case when r.oid = s.relowner then 'the owner' else 'a member of the owner' end,
                        s.name) as fault
            from subject s join pg_catalog.pg_roles r on true
           where s.relkind in ('r', 'p', 'v', 'm') and not r.rolsuper
             and exists (select from pg_catalog.pg_auth_members m
                           join pg_catalog.pg_roles g on g.oid = m.roleid
                          where m.member = r.oid and g.rolname = 'plinth_app')
             and pg_has_role(r.oid, s.relowner, 'member')`,
  },
]
