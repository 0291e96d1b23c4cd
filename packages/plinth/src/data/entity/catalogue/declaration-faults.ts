import type { Queryable } from '../../db.ts'
import { foreignKeySql, targetOf } from '../ddl/create-table.ts'
import type { Declaration } from '../declaration.ts'
import type { AnyEntity } from '../entity.ts'
import { BASE_COLUMNS } from '../statements.ts'
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
  const defaults = declaration.columns.flatMap(({ name, fallback }) => {
    const wanted =
      fallback !== undefined && !(fallback.from === 'literal' && fallback.value === null)
    if (wanted === live.defaults.has(name)) return []
    return `column ${name} should have ${wanted ? 'a' : 'no'} default`
  })
  const secured = 'enabled true, forced true, policies tenant'
  return [
    ...differences('column', columnsOf(declaration), live.columns),
    ...defaults,
    ...differences('object', objectsOf(declaration, known), normal(live.objects)),
    ...(live.security === secured ? [] : [`row-level security is "${live.security}"`]),
  ]
}

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
  const enums = declaration.columns.flatMap(({ name, values }) =>
    values
      ? [[name, `check (${name} = any (array[${values.map(textArrayItem).join(', ')}]))`] as const]
      : [],
  )
  const expression = new Map(enums)
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

function textArrayItem(value: string): string {
  return `'${value.replaceAll("'", "''")}'::text`
}

/** PostgreSQL's definitions in the form of ours: lower case outside literals, few parentheses. */
function normal(objects: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...objects].map(([name, definition]) => {
      const text = definition.replace(/'(?:[^']|'')*'|[A-Z]+|"/g, (part) => {
        if (part === '"') return ''
        return part.startsWith("'") ? part : part.toLowerCase()
      })
      return [
        name,
        text
          .replace(/^create index .* using btree /, '')
          .replace('check ((', 'check (')
          .replace(/\)\)\)$/, '))'),
      ]
    }),
  )
}

function differences(
  what: string,
  wanted: ReadonlyMap<string, string>,
  live: ReadonlyMap<string, string>,
): string[] {
  const missing = [...wanted].flatMap(([name, definition]) => {
    const there = live.get(name)
    if (there === undefined) return `${what} ${name} is missing`
    if (definition === '' || squeezed(there) === squeezed(definition)) return []
    return `${what} ${name} is "${there}" where "${definition}" is declared`
  })
  const extra = [...live.keys()].filter((name) => !wanted.has(name))
  return [...missing, ...extra.map((name) => `${what} ${name} is not declared`)]
}

function squeezed(text: string): string {
  return text.replace(/[\s"]+/g, '')
}
