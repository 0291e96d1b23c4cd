import type { Connection } from '../revision/by-hand.ts'

/** Tenants that rows name and that plinth.tenants does not. */
export interface UnlistedTenants {
  readonly ids: readonly string[]
  /** Tables that could not be looked through for them. */
  readonly unseen: readonly string[]
}

interface Table {
  readonly name: string
  /** By which column its policy keeps tenants apart; null where it does so in a way of its own. */
  readonly tenant: string | null
}

const TABLES = `
  select case c.relkind when 'p' then '' else 'only ' end || c.oid::regclass::text as name,
         (select quote_ident(a.attname) from pg_catalog.pg_attribute a
            join pg_catalog.pg_policy p on p.polrelid = a.attrelid
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             and strpos(replace(pg_get_expr(p.polqual, p.polrelid), 'COALESCE(', ''),
                        format('(%I = (NULLIF(current_setting(''plinth.tenant_id''', a.attname)) > 0
           limit 1) as tenant
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('plinth', 'app') and c.relkind in ('r', 'p') and not c.relispartition
     and c.relrowsecurity and c.relforcerowsecurity
   order by 1`

/**
 * Looks for tenants whose row in plinth.tenants is gone, or never was. The owner is bound by row-level
 * security and sees nobody's rows without knowing whose: it is lifted for the owner, in a transaction that is
 * rolled back. That takes a lock for as long as one look into an index for each tenant takes; it is waited for
 * a quarter of a second, and held for one at the most: nobody else is kept waiting longer.
 */
export async function unlistedTenants(connection: Connection): Promise<UnlistedTenants> {
  const { rows: tables } = await connection.query<Table>(TABLES)
  const ids = new Set<string>()
  const unseen: string[] = []
  for (const table of tables) {
    const found = await unlistedIn(connection, table)
    if (found === undefined) unseen.push(bare(table))
    else for (const id of found) ids.add(id)
  }
  return { ids: [...ids].sort(), unseen }
}

async function unlistedIn(
  connection: Connection,
  table: Table,
): Promise<readonly string[] | undefined> {
  if (table.tenant === null) return undefined
  await connection.query('begin')
  try {
    await connection.query(
      "select set_config('lock_timeout', '250ms', true), set_config('statement_timeout', '1s', true)",
    )
    await connection.query(`alter table ${bare(table)} no force row level security`)
    const { rows } = await connection.query<{ id: string }>(distinctOf(table.name, table.tenant))
    return rows.map(({ id }) => id)
  } catch {
    return undefined
  } finally {
    await connection.query('rollback')
  }
}

/** The nil UUID is the platform's own; one step in the index for each tenant, however many rows it has. */
function distinctOf(name: string, tenant: string): string {
  return `
    with recursive seen(id) as (
      (select ${tenant} from ${name} order by ${tenant} limit 1)
      union all
      select (select ${tenant} from ${name} where ${tenant} > seen.id order by ${tenant} limit 1)
        from seen where seen.id is not null)
    select id::text as id from seen
     where id <> '00000000-0000-0000-0000-000000000000'
       and not exists (select from plinth.tenants t where t.id = seen.id)`
}

function bare({ name }: Table): string {
  return name.replace(/^only /, '')
}
