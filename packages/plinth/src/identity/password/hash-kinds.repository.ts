import type { Queryable } from '../../data/index.ts'

/** Hashes that cost the same to check: one of them, and how many there are. */
export interface HashKind {
  readonly example: string
  readonly accounts: number
}

/** Of so many accounts or fewer each is looked at, of more a part. */
const SAMPLE = 50_000

// A hash without its salt and its output: the algorithm and what it costs. Outputs of different lengths
// may cost differently.
const KINDS = `
  select count(*)::int as accounts, min(hash) as example
    from plinth.credentials tablesample system ($1::real)
   group by case when hash like '$2%' then left(hash, 7)
                 else regexp_replace(hash, '\\$[^$]+\\$[^$]+$', '') end, length(hash)
   order by accounts desc limit 20`

/** The kinds of hashes that the accounts of the service have, and the share of each. */
export async function readHashKinds(db: Queryable): Promise<readonly HashKind[]> {
  const { rows } = await db.query<{ rows: number }>(
    "select reltuples::float8 as rows from pg_catalog.pg_class where oid = 'plinth.credentials'::regclass",
  )
  const known = Math.max(rows[0]?.rows ?? 0, 1)
  const found = await db.query<HashKind>(KINDS, [Math.min(100, (SAMPLE / known) * 100)])
  return found.rows
}
