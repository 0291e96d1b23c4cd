import type { Queryable } from '../../db.ts'
import { roles } from '../../roles/role-names.ts'
import { foreignKeySql } from '../ddl/foreign-key.ts'
import { searchIndex } from '../ddl/search-sql.ts'
import { keyColumns } from '../ddl/table-name.ts'
import { tenantCondition } from '../ddl/tenant-sql.ts'
import type { Declaration } from '../declaration.ts'
import type { AnyEntity } from '../entity.ts'
import { BASE_COLUMNS } from '../list/base-columns.ts'
import { objectName } from '../names.ts'
import { SEARCH_COLUMN } from '../search-column.ts'
import { defaultsOf, enumChecks, tableFaults, usedTableFaults } from './compare-table.ts'
import type { LiveTable } from './live-table.ts'
import { readLiveTable } from './live-table.ts'
import { tableLacks } from './table-lacks.ts'

/**
 * Compares declared entities with the tables of a live database, column by column, key by key. Of a
 * table that is migrated elsewhere it compares what the entity uses.
 * @returns one sentence for each difference; empty when the two agree
 */
export async function declarationFaults(
  db: Pick<Queryable, 'query'>,
  entities: readonly Pick<AnyEntity, 'declaration'>[],
): Promise<string[]> {
  const known = entities.map(({ declaration }) => declaration)
  const faults: string[] = []
  for (const declaration of known) {
    const live = await readLiveTable(db, declaration)
    const where = `${declaration.schema}.${declaration.table}`
    if (live === undefined) faults.push(`${where} does not exist`)
    else faults.push(...faultsOf(declaration, known, live).map((fault) => `${where}: ${fault}`))
  }
  return faults
}

function faultsOf(
  declaration: Declaration,
  known: readonly Declaration[],
  live: LiveTable,
): string[] {
  const { tenant, migrated } = declaration
  if (migrated === 'elsewhere') {
    const lacks = tableLacks(declaration, live)
    const others = [...columnsOf(declaration)].filter(([name]) => !lacks.has(name))
    return [...lacks.values(), ...usedTableFaults(new Map(others), live, tenant)]
  }
  const policies = new Map(policiesOf(declaration))
  const secured = tenant !== undefined
  const wanted = {
    columns: columnsOf(declaration),
    defaults: defaultsIn(declaration),
    objects: objectsOf(declaration, known),
    security: `enabled ${secured}, forced ${secured}, policies ${[...policies.keys()].join(' ')}`,
    policies,
  }
  return tableFaults(wanted, live)
}

function defaultsIn({ columns, tenant, search }: Declaration): ReadonlySet<string> {
  return new Set([
    ...(tenant === undefined ? [] : [tenant]),
    ...['version', 'created_at', 'updated_at'],
    ...(search.length > 0 ? [SEARCH_COLUMN] : []),
    ...defaultsOf(columns),
  ])
}

function columnsOf({ columns, key, tenant, search }: Declaration): Map<string, string> {
  const base = BASE_COLUMNS.map((column) =>
    column.name === 'id' ? { ...column, name: key } : column,
  )
  const owner = tenant === undefined ? [] : [{ name: tenant, sqlType: 'uuid', nullable: false }]
  const words =
    search.length > 0 ? [{ name: SEARCH_COLUMN, sqlType: 'tsvector', nullable: true }] : []
  return new Map(
    [...base, ...owner, ...columns, ...words].map(({ name, sqlType, nullable }) => [
      name,
      nullable ? sqlType : `${sqlType} not null`,
    ]),
  )
}

/** What each constraint and index should say; empty where only its presence can be compared. */
function objectsOf(declaration: Declaration, known: readonly Declaration[]): Map<string, string> {
  const { table, primaryKey, uniques, indexes, checks, references } = declaration
  const expression = new Map(enumChecks(declaration.columns))
  const list = (columns: readonly string[]) => keyColumns(declaration, columns)
  return new Map([
    [primaryKey, `primary key (${list(['id'])})`],
    [`${table}_touch`, 'trigger'],
    ...uniques.map(({ name, columns, where }): Entry => {
      const rows = where === undefined ? '' : ` where (${where})`
      return [name, `unique (${list(columns)})${rows}`]
    }),
    ...indexes.map(({ name, columns }): Entry => [name, `(${list(columns)})`]),
    ...checks.map(({ name, field }): Entry => [name, expression.get(field ?? '') ?? '']),
    ...references.map((key): Entry => [key.name, foreignKeySql(key, declaration, known)]),
    ...searchObjects(declaration),
  ])
}

type Entry = [string, string]

/** In the order of their names. */
function policiesOf(declaration: Declaration): Entry[] {
  const { tenant, search } = declaration
  if (tenant === undefined) return []
  const condition = tenantCondition(declaration)
  return [
    ...(search.length > 0
      ? [['search', `for select to ${roles.search} using (true)`] as Entry]
      : []),
    ['tenant', `for all to public using (${condition}) with check (${condition})`],
  ]
}

function searchObjects(declaration: Declaration): Entry[] {
  if (declaration.search.length === 0) return []
  const owner = declaration.tenant === undefined ? '' : `owned by ${roles.search}`
  return [
    [searchIndex(declaration), `gin (${SEARCH_COLUMN})`],
    [objectName(declaration.table, 'search'), owner],
  ]
}
