import type { onConnection } from 'plinth/data'

/** A connection to a database. */
export type Connection = Parameters<Parameters<typeof onConnection>[1]>[0]

/** Names of what a person keeps by hand: `app.audit`, `app.products.embedding`, `app.products:name`. */
export type ByHand = ReadonlySet<string>

const SAID = `
  select coalesce(n.nspname, '') as schema, coalesce(c.relname, t.relname) as owner,
         a.attname as part, k.conname as bound, i.relname as index
    from pg_catalog.pg_description d
    left join pg_catalog.pg_constraint k on d.classoid = 'pg_constraint'::regclass and k.oid = d.objoid
    left join pg_catalog.pg_class t on t.oid = k.conrelid
    left join pg_catalog.pg_index x on d.classoid = 'pg_class'::regclass and x.indexrelid = d.objoid
    left join pg_catalog.pg_class i on i.oid = x.indexrelid
    left join pg_catalog.pg_class c on d.classoid = 'pg_class'::regclass
                                    and c.oid = coalesce(x.indrelid, d.objoid)
    left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
    left join pg_catalog.pg_namespace n on n.oid = coalesce(c.relnamespace, t.relnamespace)
   where d.description ilike 'by hand%' and coalesce(c.oid, t.oid) is not null`

interface Row {
  readonly schema: string
  readonly owner: string
  readonly part: string | null
  readonly bound: string | null
  readonly index: string | null
}

/** Everything whose comment in the database begins with "by hand". */
export async function readByHand(connection: Connection): Promise<ByHand> {
  const { rows } = await connection.query<Row>(SAID)
  return new Set(
    rows.map(({ schema, owner, part, bound, index }) => {
      const table = `${schema}.${owner}`
      if (part !== null) return `${table}.${part}`
      const hung = bound ?? index
      return hung === null ? table : `${table}:${hung}`
    }),
  )
}

/** Whether a constraint, an index, a trigger or a policy is kept by hand. */
export function keepsAway(
  byHand: ByHand,
  { schema, table_name, name }: { schema: string; table_name?: string; name: string },
): boolean {
  return byHand.has(`${schema}.${table_name}:${name}`)
}
