import type { Queryable } from '../../db.ts'
import type { Declaration } from '../declaration.ts'
import { objectName } from '../names.ts'

/** What PostgreSQL's catalogue says of one table. */
export interface LiveTable {
  /** Column → type, with `not null` where it stands. */
  readonly columns: ReadonlyMap<string, string>
  /** Columns that have a default. */
  readonly defaults: ReadonlySet<string>
  /** Constraint or index → its definition. */
  readonly objects: ReadonlyMap<string, string>
  /** Row-level security: enabled, forced, and the names of its policies. */
  readonly security: string
  /** Policy → whom it binds, to what, and how. */
  readonly policies: ReadonlyMap<string, string>
}

const TABLE = `
  select c.oid::text as oid, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
         array(select polname::text from pg_policy where polrelid = c.oid order by 1) as policies,
         array(select tgname::text from pg_trigger where tgrelid = c.oid and not tgisinternal) as triggers
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2`

const COLUMNS = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
         a.atthasdef as preset
  from pg_attribute a where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped`

// PostgreSQL 18 lists NOT NULL as constraints of its own (contype n); they are columns' business.
const OBJECTS = `
  select conname as name, pg_get_constraintdef(oid) as definition
  from pg_constraint where conrelid = $1::oid and contype <> 'n'
  union all
  select c.relname, pg_get_indexdef(i.indexrelid)
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = $1::oid and not exists (select from pg_constraint where conindid = i.indexrelid)`

const POLICIES = `
  select p.polname as name,
         format('for %s to %s', case p.polcmd when 'r' then 'select' when 'a' then 'insert'
                                              when 'w' then 'update' when 'd' then 'delete'
                                              else 'all' end,
                case when 0 = any(p.polroles) then 'public'
                     else array_to_string(array(select rolname from pg_roles
                                                 where oid = any(p.polroles) order by 1), ', ') end)
           || coalesce(' using ' || pg_get_expr(p.polqual, p.polrelid), '')
           || coalesce(' with check ' || pg_get_expr(p.polwithcheck, p.polrelid), '') as definition
  from pg_policy p where p.polrelid = $1::oid`

const SEARCH = `
  select p.proname as name, 'owned by ' || pg_get_userbyid(p.proowner) as definition
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = $1 and p.proname = $2`

/** Reads a table from the live catalogue; undefined when there is none. */
export async function readLiveTable(
  db: Pick<Queryable, 'query'>,
  { schema, table }: Pick<Declaration, 'schema' | 'table'>,
): Promise<LiveTable | undefined> {
  const [found] = (await db.query<TableRow>(TABLE, [schema, table])).rows
  if (found === undefined) return undefined
  const [columns, objects, policies, search] = [
    await db.query<ColumnRow>(COLUMNS, [found.oid]),
    await db.query<ObjectRow>(OBJECTS, [found.oid]),
    await db.query<ObjectRow>(POLICIES, [found.oid]),
    await db.query<ObjectRow>(SEARCH, [schema, objectName(table, 'search')]),
  ]
  return {
    columns: new Map(
      columns.rows.map(({ name, type, required }) => [name, required ? `${type} not null` : type]),
    ),
    defaults: new Set(columns.rows.filter(({ preset }) => preset).map(({ name }) => name)),
    objects: new Map([
      ...[...objects.rows, ...search.rows].map(entry),
      ...found.triggers.map((name): [string, string] => [name, 'trigger']),
    ]),
    security: `enabled ${found.enabled}, forced ${found.forced}, policies ${found.policies.join(' ')}`,
    policies: new Map(policies.rows.map(entry)),
  }
}

function entry({ name, definition }: ObjectRow): [string, string] {
  return [name, definition]
}

interface TableRow {
  readonly oid: string
  readonly enabled: boolean
  readonly forced: boolean
  readonly policies: readonly string[]
  readonly triggers: readonly string[]
}

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly preset: boolean
}

interface ObjectRow {
  readonly name: string
  readonly definition: string
}
