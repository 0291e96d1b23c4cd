/**
 * The tables that the checks speak about: everything that is not PostgreSQL's or an extension's.
 * $1 names of global tables, $2 names of tenant tables, $3 schemas of libraries.
 */
export const SUBJECT = `
  with subject as materialized (
    select c.oid, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.relispartition,
           n.nspname, n.nspname || '.' || c.relname as name, c.relacl, c.reloptions,
           case when n.nspname = any($3) then 'library'
                when n.nspname || '.' || c.relname = any($1) then 'global'
                when n.nspname || '.' || c.relname = any($2) then 'tenant'
                when t.attnum is not null and n.nspname <> 'plinth' then 'tenant'
           end as grp,
           t.attnum as tenant_column
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      left join pg_catalog.pg_attribute t
        on t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped
     where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_t'
       and not exists (select from pg_catalog.pg_depend d
                        where d.objid = c.oid and d.classid = 'pg_class'::regclass
                          and d.deptype = 'e')
  )`
