import type { Queryable } from '../db.ts'
import type { AnyEntity } from '../entity/index.ts'
import { grantChecks } from './grant-checks.ts'
import { keyChecks } from './key-checks.ts'
import { objectChecks } from './object-checks.ts'
import { SEARCH_FUNCTIONS, searchBodies } from './search-functions.ts'
import { SUBJECT } from './subject.ts'
import { tableChecks } from './table-checks.ts'
import type { Privilege } from './table-groups.ts'
import { librarySchemas, tableRules } from './table-groups.ts'

/** Everything that the catalogue must satisfy, as data. */
export const catalogueChecks = [...tableChecks, ...keyChecks, ...objectChecks, ...grantChecks]

/**
 * Reads the catalogue of a live database and says what would let one tenant reach another: one
 * sentence for each fault, none when the wall stands. Any role may ask.
 * @param entities those of the service: their tables may be nobody's, or call the tenant otherwise
 */
export async function catalogueFaults(
  db: Pick<Queryable, 'query'>,
  entities: readonly Pick<AnyEntity, 'declaration'>[] = [],
): Promise<string[]> {
  const values = valuesOf(entities.map(({ declaration }) => declaration))
  const faults: string[] = []
  for (const { sql } of catalogueChecks) {
    // Every check gets the same values; those that it does not use still need a type.
    const text = `${SUBJECT}, ${SEARCH_FUNCTIONS}, ${USED} ${sql}`
    const { rows } = await db.query<{ fault: string }>(text, values)
    faults.push(...rows.map(({ fault }) => fault))
  }
  return [...new Set(faults)].sort()
}

const USED = `used as (select ${[1, 2, 3, 4, 5, 6, 7].map((n) => `$${n}::text[]`).join(', ')})`

function valuesOf(declarations: readonly AnyEntity['declaration'][]): (readonly string[])[] {
  const nobodys = declarations.filter(({ tenant }) => tenant === undefined)
  const tenants = declarations.filter(({ migrated, tenant }) => migrated === 'elsewhere' && tenant)
  const global = [...named('global'), ...nobodys.map(nameOf)]
  const tenant = [...named('tenant'), ...tenants.map(nameOf)]
  const may = [...nobodys, ...tenants].map((one): Rule => [nameOf(one), ALL])
  return [
    global,
    tenant,
    librarySchemas,
    privileges([...platformRules(), ...may]),
    tenants.map(nameOf),
    tenants.map((one) => one.tenant ?? ''),
    searchBodies(),
  ]
}

type Rule = readonly [table: string, app: readonly Privilege[]]

const ALL: readonly Privilege[] = ['select', 'insert', 'update', 'delete']

function nameOf({ schema, table }: AnyEntity['declaration']): string {
  return `${schema}.${table}`
}

function named(group: 'global' | 'tenant'): readonly string[] {
  return Object.keys(tableRules).filter((name) => tableRules[name]?.group === group)
}

function platformRules(): readonly Rule[] {
  return Object.entries(tableRules).map(([name, { app }]): Rule => [name, app])
}

function privileges(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap(([name, app]) => app.map((privilege) => `${name} ${privilege}`))
}
