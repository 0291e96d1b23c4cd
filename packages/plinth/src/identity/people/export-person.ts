import type { z } from 'zod'
import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { AnyEntity, PlatformDb, PlatformTx, Queryable, Tx } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { personEvents } from './people.events.ts'
import { shownExport } from './person-export-schema.ts'
import { tenantsOf } from './person-in-tenants.ts'
import type { PersonTable } from './person-tables.ts'
import { personTables } from './person-tables.ts'

/** What an export takes. */
export interface ExportDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  /** The entities of the service: which columns never leave is declared there. */
  readonly entities: readonly AnyEntity[]
}

type RowsByTable = Readonly<Record<string, readonly object[]>>

/** All that is kept about a person. */
export type PersonExport = z.output<typeof shownExport>

/**
 * Gathers every row about a person, without what proves who somebody is (GDPR articles 15 and 20).
 * The audit row commits with the reading.
 * @returns undefined when there is no such person
 */
export async function exportPerson(
  { platform, clock, entities }: ExportDeps,
  {
    person,
    actor,
    by,
  }: { readonly person: string; readonly actor: Actor; readonly by: 'self' | 'platform' },
): Promise<PersonExport | undefined> {
  return platform.transaction(async (tx) => {
    const own = personTables.filter(({ inTenants }) => !inTenants)
    const tables = await rowsAbout(tx, own, person)
    if (tables['plinth.people'] === undefined) return undefined
    const tenants: { tenant_id: string; tables: RowsByTable }[] = []
    for (const { tenant } of await tenantsOf(tx, person)) {
      const inside = await tx.inTenant(tenant, (one) => rowsInTenant(one, person, entities))
      tenants.push({ tenant_id: tenant, tables: inside })
    }
    const target = { type: 'person', id: person }
    await record(tx, actor, personEvents.exported({ outcome: 'success', target, data: { by } }))
    const exported_at = isoTime(clock.now())
    const format = 'plinth-person-1'
    return shownExport.parse({ format, exported_at, person_id: person, tables, tenants })
  })
}

async function rowsAbout(
  tx: PlatformTx | Tx,
  tables: readonly PersonTable[],
  person: string,
): Promise<RowsByTable> {
  const found = await tx.batch(
    tables.map(({ table, where, shows = 'to_jsonb(t)', hides, inTenants }) => {
      // Row-level security shows this tenant's rows only; it is said here too.
      const here = inTenants && 'tenant' in tx
      return {
        text: `select (${shows}) - $2::text[] as row from ${table} t
                where (${where})${here ? ' and t.tenant_id = $3' : ''}`,
        values: [person, hides, ...(here ? [tx.tenant] : [])],
      }
    }),
  )
  return byTable(tables.map(({ table }, at) => [table, found[at]?.rows ?? []]))
}

// Rows of the service that belong to a member, by the foreign key that every such entity has.
const OWNED = `
  select format('%s.%s', n.nspname, c.relname) as name,
         format('select to_jsonb(t) as row from %s t where %I = $1 and %I = $2',
                c.oid::regclass, tenant.attname, person.attname) as text
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname <> 'plinth'
    join pg_catalog.pg_attribute tenant on tenant.attrelid = c.oid and tenant.attnum = k.conkey[1]
    join pg_catalog.pg_attribute person on person.attrelid = c.oid and person.attnum = k.conkey[2]
   where k.contype = 'f' and k.confrelid = 'plinth.memberships'::regclass
     and cardinality(k.conkey) = 2 and has_table_privilege(c.oid, 'select')
   order by 1`

async function rowsInTenant(
  tx: Tx,
  person: string,
  entities: readonly AnyEntity[],
): Promise<RowsByTable> {
  const platform = await rowsAbout(
    tx,
    personTables.filter(({ inTenants }) => inTenants),
    person,
  )
  return { ...platform, ...(await ownedRows(tx, { tenant: tx.tenant, person, entities })) }
}

async function ownedRows(
  tx: Queryable,
  {
    tenant,
    person,
    entities,
  }: { readonly tenant: string; readonly person: string; readonly entities: readonly AnyEntity[] },
): Promise<RowsByTable> {
  const { rows: tables } = await tx.query<{ name: string; text: string }>(OWNED)
  const found = await tx.batch(tables.map(({ text }) => ({ text, values: [tenant, person] })))
  return byTable(
    tables.map(({ name }, at) => {
      const hidden = hiddenOf(name, entities)
      return [name, (found[at]?.rows ?? []).map((row) => ({ row: without(row['row'], hidden) }))]
    }),
  )
}

function hiddenOf(name: string, entities: readonly AnyEntity[]): ReadonlySet<string> {
  const declared = entities.find(
    ({ declaration }) => `${declaration.schema}.${declaration.table}` === name,
  )?.declaration
  const hidden = declared?.columns.filter((column) => column.hidden).map((column) => column.name)
  return new Set([...(hidden ?? []), declared?.searchColumn ?? ''])
}

function without(row: unknown, hidden: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(Object(row)).filter(([name]) => !hidden.has(name)))
}

/** Tables without a row are left out. */
function byTable(
  all: readonly (readonly [string, readonly Record<string, unknown>[]])[],
): RowsByTable {
  return Object.fromEntries(
    all
      .filter(([, rows]) => rows.length > 0)
      .map(([table, rows]) => [table, rows.map(({ row }) => Object(row) as object)]),
  )
}
