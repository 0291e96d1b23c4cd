import type { AnyEntity, Queryable } from '../../data/index.ts'

/** A table that holds rows of tenants, as the catalogue tells it. */
export interface TenantTable {
  readonly schema: string
  readonly table: string
  /** Both, quoted for SQL by PostgreSQL itself. */
  readonly sql: string
  /** The column of the tenant, quoted. */
  readonly tenant: string
  /** Columns of the primary key, quoted, in order. */
  readonly key: readonly string[]
  /** Their types, in the words of SQL. */
  readonly keyTypes: readonly string[]
}

// Partitions are reached through their parents.
const TABLES = `
  with declared as (select * from unnest($2::text[], $3::text[]) as d(name, tenant_column))
  select n.nspname as schema, c.relname as table,
         format('%I.%I', n.nspname, c.relname) as sql, quote_ident(t.attname) as tenant,
         coalesce(k.columns, '{}') as key, coalesce(k.types, '{}') as "keyTypes"
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join declared d on d.name = n.nspname || '.' || c.relname
    join pg_catalog.pg_attribute t
      on t.attrelid = c.oid and t.attname = coalesce(d.tenant_column, 'tenant_id')
     and not t.attisdropped
    left join lateral (
      select array_agg(quote_ident(a.attname) order by u.at) as columns,
             array_agg(format_type(a.atttypid, a.atttypmod) order by u.at) as types
        from pg_catalog.pg_index i
        cross join lateral unnest(i.indkey::int[]) with ordinality as u(attnum, at)
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = u.attnum
       where i.indrelid = c.oid and i.indisprimary
    ) k on true
   where c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
     and n.nspname not in ('pg_catalog', 'information_schema')
     and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, $1)
   order by 1, 2`

/**
 * The tables with rows of tenants on which this role has a right. Asked of the live catalogue, so
 * that a table which somebody makes tomorrow is among them.
 * @param entities where one calls the tenant's column by another name, it says so
 */
export async function tenantTables(
  db: Pick<Queryable, 'query'>,
  right: 'select' | 'delete',
  entities: readonly AnyEntity[],
): Promise<readonly TenantTable[]> {
  const declared = entities.map(({ declaration }) => declaration)
  const named = declared.filter(({ tenant }) => tenant !== undefined)
  const names = named.map(({ schema, table }) => `${schema}.${table}`)
  const columns = named.map(({ tenant }) => tenant)
  return (await db.query<TenantTable>(TABLES, [right, names, columns])).rows
}
