import { misuse } from '../../cli-error.ts'
import { inspectOne } from '../revision/index.ts'
import { readBesideTables } from './beside-tables.ts'
import { oneLine } from './column-schema.ts'
import { entityNames } from './entity-names.ts'
import { entityText, whyLeft } from './entity-text.ts'
import { importLine, usedOf } from './imports.ts'

/** What to pull. */
export interface PullRequest {
  /** URL of a role that may see the tables. */
  readonly url: string
  /** `schema.table` or a schema; every table outside the platform's schema when empty. */
  readonly only: readonly string[]
  /** Column that names the tenant. */
  readonly tenant: string
}

/**
 * The tables of a live database as entities.
 * @returns TypeScript: the imports and one declaration for each table
 * @throws CliError when there is no table of a name that was given
 */
export async function pull({ url, only, tenant }: PullRequest): Promise<string> {
  const { others, numbered } = await readBesideTables(url)
  const tables = [...(await inspectOne(url)).values()].filter(
    ({ schema, name }) => !others.has(`${schema}.${name}`),
  )
  const known = [...tables.map(({ schema, name }) => `${schema}.${name}`), ...others.keys()]
  const absent = only.find((word) => !known.some((name) => isMeant(word, name)))
  if (absent !== undefined)
    throw misuse(`The database has neither a table nor a schema "${absent}".`)
  const chosen = (name: string) => only.length === 0 || only.some((word) => isMeant(word, name))
  const names = entityNames(tables.filter((table) => whyLeft(table, tenant) === undefined))
  const texts = tables
    .filter(({ schema, name }) => chosen(`${schema}.${name}`))
    .map((table) => whyLeft(table, tenant) ?? entityText(table, { tenant, names, numbered }))
  const beside = [...others]
    .filter(([name]) => chosen(name))
    .map(([name, what]) => `// ${oneLine(name)} is left out: it ${oneLine(what)}.\n`)
  return printed([...texts, ...beside])
}

/** Whether a word of the command line names a relation: its schema, its name, or both. */
function isMeant(word: string, name: string): boolean {
  return word === name || name.startsWith(`${word}.`) || name.endsWith(`.${word}`)
}

function printed(texts: readonly string[]): string {
  if (texts.length === 0) return '// The database has no tables outside the schema plinth.\n'
  const body = texts.join('\n')
  const imports = [
    usedOf(['sql'], body).length > 0 ? importLine(['sql'], 'kysely') : '',
    importLine(usedOf(['entity', 'ref'], body), 'plinth'),
    importLine(usedOf(['bigint', 'decimal', 'json', 'timestamp'], body), 'plinth/data'),
    /\bz\./.test(body) ? importLine(['z'], 'zod') : '',
  ].join('')
  return imports === '' ? body : `${imports}\n${body}`
}
