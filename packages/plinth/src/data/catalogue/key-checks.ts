import type { CatalogueCheck } from './check.ts'

/** Keys that would link tenants, or tell one about another. */
export const keyChecks: readonly CatalogueCheck[] = [
  {
    row: 'TN-31 TN-32',
    sql: `select format('unique index %s of %s is not per tenant: it tells what other tenants have',
                        i.indexrelid::regclass, s.name) as fault
            from pg_catalog.pg_index i join subject s on s.oid = i.indrelid
           where s.grp = 'tenant' and i.indisunique and not s.tenant_column = any(i.indkey::int2[])
             -- A random key of a table that was there before tells nobody anything.
             and not (s.name = any($5) and i.indisprimary and i.indnkeyatts = 1
                      and exists (select from pg_catalog.pg_attribute a
                                   where a.attrelid = s.oid and a.attnum = i.indkey[0]
                                     and a.atttypid = 'uuid'::regtype))`,
  },
  {
    row: 'TN-33',
    sql: `select format('foreign key %s of %s can point into another tenant: make it (tenant_id, …)',
                        k.conname, s.name) as fault
            from pg_catalog.pg_constraint k
            join subject s on s.oid = k.conrelid
            join subject target on target.oid = k.confrelid
           where k.contype = 'f' and s.grp = 'tenant' and target.grp = 'tenant'
             and not exists (
               select from unnest(k.conkey, k.confkey) as pair(here, there)
                where pair.here = s.tenant_column and pair.there = target.tenant_column)`,
  },
]
