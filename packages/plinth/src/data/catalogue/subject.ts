/**
 * The tables that the checks speak about: everything that is not PostgreSQL's or an extension's.
 * $1 names of global tables, $2 names of tenant tables, $3 schemas of libraries, $4 `table privilege`
 * for each thing that the app role may do, $5 names of tables whose tenant column has another name
 * than tenant_id, $6 those names, $7 what a search function may say.
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
           t.attnum as tenant_column, named.tenant_name
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      cross join lateral (
        select coalesce(($6::text[])[array_position($5::text[], n.nspname || '.' || c.relname)], 'tenant_id')
                 as tenant_name) named
      left join pg_catalog.pg_attribute t
        on t.attrelid = c.oid and t.attname = named.tenant_name and not t.attisdropped
     where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_t'
       and not exists (select from pg_catalog.pg_depend d
                        where d.objid = c.oid and d.classid = 'pg_class'::regclass
                          and d.deptype = 'e')
  )`
