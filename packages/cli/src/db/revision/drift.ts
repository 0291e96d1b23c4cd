import type { LiveTable } from './catalogue.ts'
import { columnText, sameColumn } from './column-pieces.ts'
import { keyOf } from './compare.ts'
import type { Declared } from './declared-sql.ts'
import { inspectBoth, type Tables } from './inspect.ts'
import { makeStandIns, makeTables } from './lay-out.ts'
import { nameOf } from './names.ts'
import { phrase } from './phrase.ts'
import { withOneDatabase } from './scratch.ts'

/**
 * Compares the tables of a live database with the declared entities of a service: what is missing or
 * otherwise is drift; what is there besides was written by hand and is not.
 * @param url of a role that may see the tables
 * @returns one sentence for each difference
 */
export async function driftOf(entities: readonly Declared[], url: string): Promise<string[]> {
  const here = entities.filter(({ declaration }) => declaration.migrated === 'here')
  if (here.length === 0) return []
  return withOneDatabase(async (scratch) => {
    await makeStandIns(scratch, entities)
    await makeTables(scratch, entities)
    const { before, wanted } = await inspectBoth({ adminUrl: url, ownerUrl: url }, scratch)
    return here.flatMap((entity) => differences(entity, before, wanted))
  })
}

function differences(entity: Declared, live: Tables, wanted: Tables): string[] {
  const [one, other] = [live.get(keyOf(entity)), wanted.get(keyOf(entity))]
  if (other === undefined) return []
  if (one === undefined) return [`${nameOf(other)} does not exist`]
  return tableDrift(one, other).map((fault) => `${nameOf(other)}: ${fault}`)
}

/** What of a table is missing, or other than declared. */
export function tableDrift(live: LiveTable, wanted: LiveTable): string[] {
  const functions = (table: LiveTable) =>
    new Map([...table.functions].map(([name, { text, rights }]) => [name, `${text} ${rights}`]))
  const missing = wanted.grants.filter((grant) => !live.grants.includes(grant))
  return [
    ...columnDrift(live, wanted),
    ...parts('constraint', live.constraints, wanted.constraints),
    ...parts('index', live.indexes, wanted.indexes),
    ...parts('trigger', live.triggers, wanted.triggers),
    ...parts('policy', live.policies, wanted.policies),
    ...parts('function', functions(live), functions(wanted)),
    ...missing.map((grant) => `the right "${grant}" is missing`),
    ...(live.secured || !wanted.secured ? [] : ['row-level security is off']),
    ...(live.forced || !wanted.forced ? [] : ['row-level security does not bind the owner']),
  ]
}

function columnDrift(live: LiveTable, wanted: LiveTable): string[] {
  const known = [...wanted.columns].flatMap(([name, column]) => {
    const there = live.columns.get(name)
    if (there === undefined) return [`column ${name} is missing`]
    if (sameColumn(there, column)) return []
    return [`column ${name} is "${columnText(there)}" where "${columnText(column)}" is declared`]
  })
  const inTheWay = [...live.columns].filter(
    ([name, { mustBeGiven }]) => !wanted.columns.has(name) && mustBeGiven,
  )
  return [
    ...known,
    ...inTheWay.map(
      ([name]) => `column ${name} is not declared, and no row can be added without it`,
    ),
  ]
}

function parts(
  kind: string,
  live: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): string[] {
  return [...wanted].flatMap(([name, definition]) => {
    const there = live.get(name)
    if (there === undefined) return [`${kind} ${name} is missing`]
    if (there === definition) return []
    const long = kind === 'function' || kind === 'policy'
    if (long) return [`${kind} ${name} is not what is declared`]
    return [`${kind} ${name} is "${phrase(there)}" where "${phrase(definition)}" is declared`]
  })
}
