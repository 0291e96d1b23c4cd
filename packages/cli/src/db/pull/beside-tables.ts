import { onConnection } from 'plinth/data'

/** What the catalogue says of relations beside their columns; keys are `schema.name`. */
export interface BesideTables {
  /** Relations that no entity can stand for, and what they are. */
  readonly others: ReadonlyMap<string, string>
  /** Columns that the database numbers, as `schema.table.column`. */
  readonly numbered: ReadonlySet<string>
}

const OTHERS = `
  select n.nspname || '.' || c.relname as name,
         case when e.objid is not null then 'belongs to the extension ' || x.extname
              when c.relispartition then 'is a partition of ' || p.inhparent::regclass::text
                                         || ', whose rows it holds'
              when c.relkind = 'v' then 'is a view, and an entity is a table'
              when c.relkind = 'm' then 'is a materialized view, and an entity is a table'
              else 'is a foreign table, whose rows another server holds' end as what
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_inherits p on p.inhrelid = c.oid and c.relispartition
    left join pg_catalog.pg_depend e on e.classid = 'pg_class'::regclass and e.objid = c.oid
                                    and e.deptype = 'e'
    left join pg_catalog.pg_extension x on x.oid = e.refobjid
   where n.nspname !~ '^(plinth|pg)(_|$)' and n.nspname <> 'information_schema'
     and (c.relkind in ('v', 'm', 'f')
          or c.relkind in ('r', 'p') and (c.relispartition or e.objid is not null))
   order by 1`

const NUMBERED = `
  select n.nspname || '.' || c.relname || '.' || a.attname as name
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where a.attidentity <> '' and a.attnum > 0 and not a.attisdropped`

/** Reads what a comparison of tables does not need, and a pull must not pass over in silence. */
export function readBesideTables(url: string): Promise<BesideTables> {
  return onConnection({ url }, async (connection) => {
    const others = await connection.query<{ name: string; what: string }>(OTHERS)
    const numbered = await connection.query<{ name: string }>(NUMBERED)
    return {
      others: new Map(others.rows.map(({ name, what }) => [name, what])),
      numbered: new Set(numbered.rows.map(({ name }) => name)),
    }
  })
}
