import type { Connection } from '../revision/by-hand.ts'
import { type UnlistedTenants, unlistedTenants } from './unlisted-tenants.ts'

type Write = (text: string) => Promise<void>

const NIL = '00000000-0000-0000-0000-000000000000'
const PAGE = 500

interface Table {
  /** Schema and name, quoted where they must be. */
  readonly name: string
  readonly columns: readonly string[]
  /** Whether row-level security keeps tenants apart in it, also for its owner. */
  readonly secured: boolean
  /** Whether its rows are those of its partitions; else they are its own, without those of heirs. */
  readonly parted: boolean
  /** Keys that point elsewhere: name, definition, and what is noted at them. */
  readonly keys: readonly (readonly [name: string, definition: string, comment: string | null])[]
  /** Triggers of people that are on, each as the statement that turns it on. */
  readonly triggers: readonly string[]
}

// The jobs of pg-boss are work in progress and are left out.
const TABLES = `
  select c.oid::regclass::text as name, c.relrowsecurity and c.relforcerowsecurity as secured,
         c.relkind = 'p' as parted,
         array(select case t.tgenabled when 'A' then 'enable always' when 'R' then 'enable replica'
                                       else 'enable' end || ' trigger ' || quote_ident(t.tgname)
                 from pg_catalog.pg_trigger t
                where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled <> 'D'
                order by t.tgname) as triggers,
         array(select quote_ident(a.attname) from pg_catalog.pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                  and a.attgenerated = '' order by a.attnum) as columns,
         coalesce((select json_agg(json_build_array(quote_ident(k.conname), pg_get_constraintdef(k.oid),
                                                    obj_description(k.oid, 'pg_constraint'))
                                    order by k.conname)
                     from pg_catalog.pg_constraint k
                    where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0), '[]') as keys
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('plinth', 'app') and c.relkind in ('r', 'p') and not c.relispartition
     and not (n.nspname = 'plinth' and c.relname = 'migrations')
   order by 1`

// What the rows are numbered on from, and what shows them once more.
const AFTER = `
  select format('select setval(%L, %s, %s);', s.oid::regclass, coalesce(q.last_value, q.start_value),
                (q.last_value is not null)::text) as line
    from pg_catalog.pg_class s
    join pg_catalog.pg_namespace n on n.oid = s.relnamespace
    join pg_catalog.pg_sequences q on q.schemaname = n.nspname and q.sequencename = s.relname
   where s.relkind = 'S' and n.nspname in ('plinth', 'app')
   union all
  select line from (select format('refresh materialized view %s;', v.oid::regclass) as line
    from pg_catalog.pg_class v join pg_catalog.pg_namespace n on n.oid = v.relnamespace
   where v.relkind = 'm' and v.relispopulated and n.nspname = 'app' order by v.oid)`

const ELSEWHERE = `
  select c.oid::regclass::text as name
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and not c.relispartition
     and n.nspname !~ '^(plinth|pg)(_|$)' and n.nspname not in ('app', 'information_schema')
     and not exists (select from pg_catalog.pg_depend e
                      where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
   order by 1`

/** A role that reads past row-level security sees every tenant's rows at once. */
const PAST =
  'select rolsuper or rolbypassrls as past from pg_catalog.pg_roles where rolname = current_user'

/** What a person should know of a dump. */
export interface DumpedRows {
  /** Tables in other schemas, whose rows are left out. */
  readonly elsewhere: readonly string[]
  /** Tenants that plinth.tenants does not name; their rows are in the dump. */
  readonly unlisted: UnlistedTenants
}

/**
 * Writes the rows of the platform's and the service's tables, as they stand at one moment. Rows of
 * tenants are read, and will be written, one tenant after the other: their owner is bound by
 * row-level security like everybody else.
 */
export async function dumpRows(connection: Connection, write: Write): Promise<DumpedRows> {
  const { rows: role } = await connection.query<{ past: boolean }>(PAST)
  const past = role[0]?.past === true
  const unlisted = past ? { ids: [], unseen: [] } : await unlistedTenants(connection)
  await connection.query('begin isolation level repeatable read, read only')
  // A date or an interval reads the same under every setting then.
  await connection.query('set local datestyle to iso; set local intervalstyle to postgres')
  const { rows: found } = await connection.query<Table>(TABLES)
  const tables = found.map((table) => ({ ...table, atOnce: past }))
  const tenants = await connection.query<{ id: string }>(
    'select id from plinth.tenants order by id',
  )
  await write(`\nbegin;\n${tables.map(opened).join('')}`)
  const isByTenant = ({ secured, atOnce }: Readable) => secured && !atOnce
  for (const table of tables.filter((one) => !isByTenant(one)))
    await rowsOf(connection, table, write)
  const secured = tables.filter(isByTenant)
  for (const id of [NIL, ...tenants.rows.map((row) => row.id), ...unlisted.ids]) {
    await connection.query("select set_config('plinth.tenant_id', $1, true)", [id])
    await write(`select set_config('plinth.tenant_id', '${id}', true);\n`)
    for (const table of secured) await rowsOf(connection, table, write)
  }
  const { rows: after } = await connection.query<{ line: string }>(AFTER)
  const last = after.map(({ line }) => `${line}\n`).join('')
  // No table may be altered while a key that is looked at in the end waits for that.
  const before = 'set constraints all immediate;\n'
  await write(`${before}${tables.map(closed).join('')}${last}commit;\n`)
  const { rows: left } = await connection.query<{ name: string }>(ELSEWHERE)
  await connection.query('commit')
  return { elsewhere: left.map(({ name }) => name), unlisted }
}

/** A table, and whether this connection sees the rows of all its tenants at once. */
interface Readable extends Table {
  readonly atOnce: boolean
}

/** Rows may come in any order: what refers to them is looked at when all are there. */
function opened({ name, keys, triggers, secured, atOnce }: Readable): string {
  const changes = [
    ...keys.map(([key]) => `drop constraint ${key}`),
    ...triggers.map((on) => on.replace(/^enable (?:always |replica )?/, 'disable ')),
    ...(secured && atOnce ? ['no force row level security'] : []),
  ]
  return changes.map((change) => `alter table ${name} ${change};\n`).join('')
}

function closed({ name, keys, triggers, secured, atOnce }: Readable): string {
  const changes = [
    ...(secured && atOnce ? ['force row level security'] : []),
    ...triggers,
    ...keys.map(([key, text]) => `add constraint ${key} ${text}`),
  ]
  const noted = keys.flatMap(([key, , comment]) =>
    comment === null
      ? []
      : [`comment on constraint ${key} on ${name} is '${comment.replaceAll("'", "''")}';\n`],
  )
  return [...changes.map((change) => `alter table ${name} ${change};\n`), ...noted].join('')
}

async function rowsOf(connection: Connection, table: Table, write: Write): Promise<void> {
  const { name, columns, parted } = table
  const values = columns.map((column) => `quote_nullable(${column}::text)`).join(', ')
  const line = columns.length === 0 ? "''" : `concat_ws(', ', ${values})`
  // Also what the database numbers itself keeps its number.
  const into = `insert into ${name} (${columns.join(', ')}) overriding system value values`
  await connection.query(
    `declare dumped no scroll cursor for select ${line} as line from ${parted ? '' : 'only '}${name}`,
  )
  for (;;) {
    const { rows } = await connection.query<{ line: string }>(`fetch ${PAGE} from dumped`)
    if (columns.length === 0)
      for (const _ of rows) await write(`insert into ${name} default values;\n`)
    else if (rows.length > 0)
      await write(`${into}\n${rows.map((row) => `(${row.line})`).join(',\n')};\n`)
    if (rows.length < PAGE) break
  }
  await connection.query('close dumped')
}
