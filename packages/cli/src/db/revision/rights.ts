import type { Connection } from './by-hand.ts'
import type { LiveFunction } from './catalogue.ts'

/** Who may do what, by `schema.name`. */
export interface Rights {
  /** `select plinth_app`, `select (id, name) plinth_search`, sorted. */
  readonly tables: ReadonlyMap<string, readonly string[]>
  /** Search functions: their text, their owner if it is the platform's role, who may execute them. */
  readonly functions: ReadonlyMap<string, LiveFunction>
}

const TABLES = `
  select n.nspname || '.' || c.relname as name,
         array_agg(x.said order by x.said collate "C") as said
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    cross join lateral (
      select lower(a.privilege_type) || ' ' || a.grantee::regrole::text as said
        from aclexplode(c.relacl) a where a.grantee not in (0, c.relowner)
      union all
      select lower(a.privilege_type) || ' (' || string_agg(t.attname, ', ' order by t.attname) || ') '
             || a.grantee::regrole::text
        from pg_catalog.pg_attribute t cross join lateral aclexplode(t.attacl) a
       where t.attrelid = c.oid and a.grantee not in (0, c.relowner)
       group by a.privilege_type, a.grantee) x
   where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
   group by 1`

const FUNCTIONS = `
  select n.nspname || '.' || p.proname as name,
         case when r.rolname like 'plinth\\_search' then 'of ' || r.rolname else '' end || ' for ' ||
         coalesce((select string_agg(coalesce(g.rolname, 'public'), ' ' order by g.rolname)
                     from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                     left join pg_catalog.pg_roles g on g.oid = a.grantee
                    where a.grantee <> p.proowner), '') as rights,
         pg_get_functiondef(p.oid) as text
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    join pg_catalog.pg_roles r on r.oid = p.proowner
   where n.nspname not in ('pg_catalog', 'information_schema') and p.prokind = 'f'
     and p.proname like '%\\_search'`

/** Reads the rights on tables and functions; those of their owners go without saying. */
export async function readRights(connection: Connection): Promise<Rights> {
  const tables = await connection.query<{ name: string; said: string[] }>(TABLES)
  const functions = await connection.query<LiveFunction & { name: string }>(FUNCTIONS)
  return {
    tables: new Map(tables.rows.map(({ name, said }) => [name, said])),
    functions: new Map(
      functions.rows.map(({ name, text, rights }) => [name, { text: text.trim(), rights }]),
    ),
  }
}
