import type { Queryable } from '../../db.ts'
import { foreignKeySql, targetOf } from '../ddl/create-table.ts'
import type { Declaration } from '../declaration.ts'
import type { AnyEntity } from '../entity.ts'
import { BASE_COLUMNS } from '../statements.ts'
import { defaultsOf, enumChecks, tableFaults } from './compare-table.ts'
import type { LiveTable } from './live-table.ts'
import { readLiveTable } from './live-table.ts'

/**
 * Compares declared entities with the tables of a live database, column by column, key by key.
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
  return tableFaults(
    {
      columns: columnsOf(declaration),
      defaults: new Set([...BASE_DEFAULTS, ...defaultsOf(declaration.columns)]),
      objects: objectsOf(declaration, known),
      security: 'enabled true, forced true, policies tenant',
    },
    live,
  )
}

const BASE_DEFAULTS = ['tenant_id', 'version', 'created_at', 'updated_at']

function columnsOf({ columns }: Declaration): Map<string, string> {
  const base = [...BASE_COLUMNS, { name: 'tenant_id', sqlType: 'uuid', nullable: false }]
  return new Map(
    [...base, ...columns].map(({ name, sqlType, nullable }) => [
      name,
      nullable ? sqlType : `${sqlType} not null`,
    ]),
  )
}

/** What each constraint and index should say; empty where only its presence can be compared. */
function objectsOf(declaration: Declaration, known: readonly Declaration[]): Map<string, string> {
  const { table, primaryKey, uniques, indexes, checks, references } = declaration
  const expression = new Map(enumChecks(declaration.columns))
  const list = (columns: readonly string[]) => ['tenant_id', ...columns].join(', ')
  return new Map([
    [primaryKey, 'primary key (tenant_id, id)'],
    [`${table}_touch`, 'trigger'],
    ...uniques.map(({ name, columns }): Entry => [name, `unique (${list(columns)})`]),
    ...indexes.map(({ name, columns }): Entry => [name, `(${list(columns)})`]),
    ...checks.map(({ name, field }): Entry => [name, expression.get(field ?? '') ?? '']),
    ...references.map((key): Entry => {
      return [key.name, foreignKeySql(key, targetOf(key, declaration, known))]
    }),
  ])
}

type Entry = [string, string]
