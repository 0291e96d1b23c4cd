import type { Connection } from './by-hand.ts'

/**
 * Columns that take no null because of their domain, and get no value from it, as
 * `schema.table.column`: the column itself says neither.
 */
export type DemandingDomains = ReadonlySet<string>

// NOT NULL holds from whatever domain a domain is made of; the default is the outermost one's alone,
// which took over what it was made of when it was made.
const DEMANDED = `
  with recursive made(type, base, demands) as (
    select t.oid, t.typbasetype, t.typnotnull from pg_catalog.pg_type t where t.typtype = 'd'
    union all
    select m.type, t.typbasetype, t.typnotnull
      from made m join pg_catalog.pg_type t on t.oid = m.base where t.typtype = 'd')
  select distinct n.nspname || '.' || c.relname || '.' || a.attname as name
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_type t on t.oid = a.atttypid
    join made m on m.type = t.oid and m.demands
   where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and t.typdefault is null`

/** Reads them from the catalogue. */
export async function readDemandingDomains(connection: Connection): Promise<DemandingDomains> {
  const { rows } = await connection.query<{ name: string }>(DEMANDED)
  return new Set(rows.map(({ name }) => name))
}
