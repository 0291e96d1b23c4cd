import { misuse } from '../../cli-error.ts'
import { inspectOne } from '../revision/index.ts'
import { entityText } from './entity-text.ts'
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
  const tables = [...(await inspectOne(url)).values()]
  const wants = (name: string) => (table: { schema: string; name: string }) =>
    name === table.schema || name === table.name || name === `${table.schema}.${table.name}`
  const absent = only.find((name) => !tables.some(wants(name)))
  if (absent !== undefined)
    throw misuse(`The database has neither a table nor a schema "${absent}".`)
  const chosen =
    only.length === 0 ? tables : tables.filter((one) => only.some((name) => wants(name)(one)))
  const texts = chosen.map((table) => entityText(table, tenant).text)
  const body = texts.join('\n')
  const imports = [
    usedOf(['sql'], body).length > 0 ? importLine(['sql'], 'kysely') : '',
    importLine(usedOf(['entity', 'ref'], body), 'plinth'),
    importLine(usedOf(['bigint', 'decimal', 'json', 'timestamp'], body), 'plinth/data'),
    /\bz\./.test(body) ? importLine(['z'], 'zod') : '',
  ].join('')
  return texts.length === 0
    ? '// The database has no tables outside the schema plinth.\n'
    : `${imports}\n${body}`
}
