import type { Connection } from '../revision/by-hand.ts'

type Write = (text: string) => Promise<void>

const NIL = '00000000-0000-0000-0000-000000000000'
const PAGE = 500

interface Table {
  /** Schema and name, quoted where they must be. */
  readonly name: string
  readonly columns: readonly string[]
  /** Whether row-level security keeps tenants apart in it. */
  readonly secured: boolean
  /** Keys that point elsewhere: name and definition. */
  readonly keys: readonly (readonly [name: string, definition: string])[]
}

// The jobs of pg-boss are work in progress and are left out.
const TABLES = `
  select c.oid::regclass::text as name, c.relrowsecurity as secured,
         array(select quote_ident(a.attname) from pg_catalog.pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                  and a.attgenerated = '' order by a.attnum) as columns,
         coalesce((select json_agg(json_build_array(quote_ident(k.conname), pg_get_constraintdef(k.oid)))
                     from pg_catalog.pg_constraint k
                    where k.conrelid = c.oid and k.contype = 'f'), '[]') as keys
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('plinth', 'app') and c.relkind in ('r', 'p') and not c.relispartition
     and not (n.nspname = 'plinth' and c.relname = 'migrations')
   order by 1`

/**
 * Writes the rows of the platform's and the service's tables, as they stand at one moment. Rows of
 * tenants are read, and will be written, one tenant after the other: their owner is bound by
 * row-level security like everybody else.
 */
export async function dumpRows(connection: Connection, write: Write): Promise<void> {
  await connection.query('begin isolation level repeatable read, read only')
  const { rows: tables } = await connection.query<Table>(TABLES)
  const tenants = await connection.query<{ id: string }>(
    'select id from plinth.tenants order by id',
  )
  await write(`\nbegin;\n${tables.map(opened).join('')}`)
  for (const table of tables.filter(({ secured }) => !secured))
    await rowsOf(connection, table, write)
  const secured = tables.filter((table) => table.secured)
  for (const id of [NIL, ...tenants.rows.map((row) => row.id)]) {
    await connection.query("select set_config('plinth.tenant_id', $1, true)", [id])
    await write(`select set_config('plinth.tenant_id', '${id}', true);\n`)
    for (const table of secured) await rowsOf(connection, table, write)
  }
  await write(`${tables.map(closed).join('')}commit;\n`)
  await connection.query('commit')
}

/** Rows may come in any order: what refers to them is looked at when all are there. */
function opened({ name, keys }: Table): string {
  const dropped = keys.map(([key]) => `alter table ${name} drop constraint ${key};\n`)
  return [...dropped, `alter table ${name} disable trigger user;\n`].join('')
}

function closed({ name, keys }: Table): string {
  const added = keys.map(([key, text]) => `alter table ${name} add constraint ${key} ${text};\n`)
  return [`alter table ${name} enable trigger user;\n`, ...added].join('')
}

async function rowsOf(connection: Connection, table: Table, write: Write): Promise<void> {
  const values = table.columns.map((column) => `quote_nullable(${column}::text)`).join(', ')
  const line = `concat_ws(', ', ${values})`
  await connection.query(
    `declare dumped no scroll cursor for select ${line} as line from ${table.name}`,
  )
  for (;;) {
    const { rows } = await connection.query<{ line: string }>(`fetch ${PAGE} from dumped`)
    if (rows.length > 0) {
      const lines = rows.map((row) => `(${row.line})`).join(',\n')
      await write(`insert into ${table.name} (${table.columns.join(', ')}) values\n${lines};\n`)
    }
    if (rows.length < PAGE) break
  }
  await connection.query('close dumped')
}
