import { searchBody } from '../entity/ddl/search-sql.ts'

/**
 * The search functions of tenants' tables that are exactly as Plinth makes them: named for their
 * table, with a search_path of their own, and word for word one of the known texts. The table's name
 * stands in them as `{table}`.
 */
export const SEARCH_FUNCTIONS = `
  search_function as materialized (
    select p.oid
      from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      join pg_catalog.pg_language l on l.oid = p.prolang
      join pg_catalog.pg_class c on c.relnamespace = n.oid and p.proname = c.relname || '_search'
      join subject s on s.oid = c.oid
     where l.lanname = 'plpgsql' and s.grp = 'tenant'
       and oidvectortypes(p.proargtypes) = 'text, integer'
       and 'search_path=pg_catalog, pg_temp' = any(coalesce(p.proconfig, '{}'))
       and exists (
         select from unnest($7::text[]) as known(body),
                     unnest(array[n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname)])
                       as named(relation)
          where p.prosrc = replace(known.body, '{table}', named.relation))
  )`

/** The texts that a search function of a tenant's table may have. */
export function searchBodies(): readonly string[] {
  return [false, true].map((softDelete) =>
    searchBody({ table: '{table}', tenant: 'tenant_id', key: 'id', softDelete }),
  )
}
