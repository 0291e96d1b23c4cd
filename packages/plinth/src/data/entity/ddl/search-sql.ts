import { roles } from '../../roles/role-names.ts'
import type { Column } from '../column.ts'
import type { Declaration } from '../declaration.ts'
import { objectName, plain } from '../names.ts'
import { SEARCH_COLUMN } from '../search-column.ts'
import type { Line } from './column-sql.ts'
import { tableName } from './table-name.ts'
import { CURRENT_TENANT } from './tenant-sql.ts'

/** Characters that are searched of a row: PostgreSQL keeps at most 1 MiB of words. */
const MOST_CHARACTERS = 100_000

/** The generated column that holds a row's words, as its tenant's own (platform migration 0032). */
export function searchColumn(declaration: Declaration): Line {
  const { tenant } = declaration
  const text = searchedText(declaration)
  const words =
    tenant === undefined
      ? `to_tsvector('simple', ${text})`
      : `plinth.search_words(${plain(tenant)}, ${text})`
  return [SEARCH_COLUMN, `tsvector generated always as (${words}) stored`]
}

/** The name of the index over the words. */
export function searchIndex({ table }: Pick<Declaration, 'table'>): string {
  return objectName(table, 'search', 'idx')
}

/** The statements that make the search of a table whose column of words is there. */
export function searchStatements(declaration: Declaration): readonly string[] {
  const { tenant } = declaration
  return tenant === undefined
    ? [functionSql(declaration), ...executeGrants(declaration)]
    : [
        `-- No index of words is used below a policy: this role reads past it, and the function that it\n` +
          `-- owns keeps to the tenant by itself.\ncreate policy search on ${tableName(declaration)} for select to ${roles.search} using (true)`,
        `grant select (${readColumns(declaration, tenant)}) on ${tableName(declaration)} to ${roles.search}`,
        functionSql(declaration),
        ...executeGrants(declaration),
        `grant create on schema ${plain(declaration.schema)} to ${roles.search}`,
        `alter function ${signature(declaration)} owner to ${roles.search}`,
        `revoke create on schema ${plain(declaration.schema)} from ${roles.search}`,
      ]
}

/** Takes the function away: it does not go with its table. */
export function dropSearchSql(declaration: Declaration): string {
  return `drop function ${signature(declaration)};\n`
}

/** The function with its argument types: what ALTER, GRANT and DROP call it. */
function signature({ schema, table }: Declaration): string {
  return `${plain(schema)}.${plain(objectName(table, 'search'))}(text, integer)`
}

/**
 * PostgreSQL uses no index of words below a policy (@@ is not LEAKPROOF), so the function of a
 * tenant's table runs as a role that a policy of its own lets through, and keeps to the tenant by
 * itself. Planned anew for each call: how common the words are decides the plan.
 */
function functionSql(declaration: Declaration): string {
  const rights = declaration.tenant === undefined ? 'security invoker' : 'security definer'
  const name = `${plain(declaration.schema)}.${plain(objectName(declaration.table, 'search'))}`
  return [
    `create function ${name}(q text, n integer) returns setof uuid`,
    `language plpgsql stable ${rights}`,
    'set search_path = pg_catalog, pg_temp',
    'set plan_cache_mode = force_custom_plan',
    `as $$${searchBody({ ...declaration, table: tableName(declaration) })}$$`,
  ].join('\n')
}

function executeGrants(declaration: Declaration): string[] {
  const name = signature(declaration)
  return [
    `revoke all on function ${name} from public`,
    `grant execute on function ${name} to ${roles.app}, ${roles.readonly}`,
  ]
}

/** What the text of a search function follows from; `table` as SQL says it. */
export type SearchBody = Pick<Declaration, 'table' | 'tenant' | 'softDelete' | 'key'>

/** The text of a search function. The catalogue check holds each one against it, word for word. */
export function searchBody({ table, tenant, softDelete, key }: SearchBody): string {
  const deleted = softDelete ? '\n       and t.deleted_at is null' : ''
  const [variable, kept, words] =
    tenant === undefined
      ? ['', '', "nullif(plainto_tsquery('simple', q), '')"]
      : [
          `\n  tenant uuid := ${CURRENT_TENANT};`,
          `t.${plain(tenant)} = tenant and `,
          'plinth.search_query(tenant, q)',
        ]
  return `
#variable_conflict use_variable
declare${variable}
  words tsquery := ${words};
begin
  return query
    select t.${plain(key)} from ${table} t
     where ${kept}t.${SEARCH_COLUMN} @@ words${deleted}
     order by t.${plain(key)} desc limit n;
end
`
}

function readColumns({ key, softDelete }: Declaration, tenant: string): string {
  const names = [key, tenant, SEARCH_COLUMN, ...(softDelete ? ['deleted_at'] : [])]
  return names.map(plain).join(', ')
}

function searchedText({ columns, search }: Declaration): string {
  const searched = search.flatMap((name) => columns.filter((column) => column.name === name))
  const text = searched
    .map(({ name, nullable }) => (nullable ? `coalesce(${plain(name)}, '')` : plain(name)))
    .join(" || ' ' || ")
  const longest = searched.map(longestOf).reduce((sum, length) => sum + length, 0)
  return longest > MOST_CHARACTERS ? `left(${text}, ${MOST_CHARACTERS})` : text
}

function longestOf({ sqlType }: Column): number {
  const limit = /^character varying\((\d+)\)$/.exec(sqlType)?.[1]
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
}
