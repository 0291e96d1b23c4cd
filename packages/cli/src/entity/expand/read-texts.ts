import type { Column, Declaration } from 'plinth/data'
import { listOrder } from 'plinth/data'
import { entityImport, headOf, type OperationRequest, ownerLines } from './operations.ts'

/** The text of `get-product.ts`. */
export function getText(request: OperationRequest): string {
  const { constant, singular, path, owned } = request
  const asks = owned === 'person' ? ', principal, placement' : ''
  const scope = owned === 'person' ? ', { owner }' : ''
  return `import { route } from 'plinth'
${owned === 'person' ? "import { holds } from 'plinth/access'\n" : ''}import { entityProblems } from 'plinth/data'
${entityImport(request)}
/** One ${singular} and its ETag. */
${headOf(request)}
  return route('GET ${path}/:id', {
    access: ${constant}.can.read,
    tenant: 'required',
    summary: 'Read one ${singular}',
    params: { id: ${constant}.id },
    returns: ${constant}.shown,
    raises: [entityProblems.notFound],
    handle: async ({ db, params${asks}, reply }) => {
${ownerLines(request, '      ')}      const row = await ${constant}.get(db, params.id${scope})
      reply.header('etag', \`"\${row.version}"\`)
      return ${constant}.present(row)
    },
  })
}
`
}

/** The text of `list-products.ts`. */
export function listText(request: OperationRequest, declaration: Declaration): string {
  const { constant, plural, path, owned } = request
  const filters = declaration.columns.flatMap(filterOf)
  const search = declaration.search.length > 0
  const asks = owned === 'person' ? ', principal, placement' : ''
  const names = ['limit', 'offset', 'cursor', 'count', 'sort', ...(search ? ['search'] : [])]
  const rest = filters.length > 0 ? ', ...filters' : ''
  return `import { route } from 'plinth'
${owned === 'person' ? "import { holds } from 'plinth/access'\n" : ''}import { entityProblems } from 'plinth/data'
import { z } from 'zod'
${entityImport(request)}
/** A page of ${plural}, newest first unless a sort is asked for. */
${headOf(request)}
  return route('GET ${path}', {
    access: ${constant}.can.read,
    tenant: 'required',
    summary: 'List ${plural}, newest first',
    query: {
      limit: z.coerce.number().int().min(1).max(100).default(50),
      offset: z.coerce.number().int().min(0).max(10_000).default(0),
      cursor: z.string().max(6000).optional(),
      count: z.literal('exact').optional(),
      sort: z.enum(SORTS).optional(),
${search ? '      search: z.string().trim().min(1).max(200).optional(),\n' : ''}${filters
  .map(([name, schema]) => `      ${name}: ${schema}.optional(),\n`)
  .join('')}    },
    returns: z.object({
      items: z.array(${constant}.shown),
      count: z.int32(),
      limit: z.int32(),
      offset: z.int32(),
      total: z.int().nullable(),
      next_cursor: z.string().nullable(),
    }),
    raises: [entityProblems.cursor, entityProblems.invalid],
    handle: async ({ db, query${asks} }) => {
      const { ${names.join(', ')}${rest} } = query
${ownerLines(request, '      ')}      const page = await ${constant}.list(db, {
        limit,
        offset,
${owned === 'person' ? '        owner,\n' : ''}${filters.length > 0 ? '        filters: Object.entries(filters).flatMap(equalTo),\n' : ''}        ...(cursor !== undefined && { cursor }),
        ...(count !== undefined && { count }),
        ...(sort !== undefined && { sort: [sortedBy(sort)] }),
${search ? '        ...(search !== undefined && { search }),\n' : ''}      })
      const items = page.items.map((row) => ${constant}.present(row))
      const { total, nextCursor: next_cursor } = page
      return { items, count: items.length, limit, offset, total, next_cursor }
    },
  })
}

${helpersText(sortsOf(declaration), filters.length > 0)}`
}

/** What stands below the route: the sorts, and how they and the filters are read. */
function helpersText(sorts: readonly string[], hasFilters: boolean): string {
  const equalTo = `
function equalTo([field, value]: [string, unknown]) {
  return value === undefined ? [] : [{ field, operator: 'eq' as const, value }]
}
`
  return `/** What a list may be sorted by: fields with an index to walk, \`-\` for descending. */
${sortsText(sorts)}

function sortedBy(sort: (typeof SORTS)[number]) {
  return { field: sort.replace(/^-/, ''), descending: sort.startsWith('-') }
}
${hasFilters ? equalTo : ''}`
}

const PAGING = new Set('limit offset cursor count sort search fields expand deleted'.split(' '))

/** A filter by equality, where an index answers. */
function filterOf(column: Column): (readonly [string, string])[] {
  const { name, hidden, operators } = column
  const schema = schemaOf(column)
  if (hidden || PAGING.has(name) || schema === undefined || !operators.includes('eq')) return []
  return [[name, schema]]
}

function schemaOf({ kind, values = [] }: Column): string | undefined {
  if (kind.name === 'enum') return `z.enum([${values.map((value) => `'${value}'`).join(', ')}])`
  return SCHEMAS[kind.name]
}

const SCHEMAS: Readonly<Record<string, string>> = {
  text: 'z.string().max(200)',
  int: 'z.coerce.number().pipe(z.int32())',
  money: 'z.coerce.number().pipe(z.int())',
  bigint: 'z.string().regex(/^-?\\d{1,18}$/)',
  boolean: "z.stringbool({ truthy: ['true'], falsy: ['false'] })",
  date: 'z.iso.date()',
  timestamp: 'z.iso.datetime()',
  uuid: 'z.uuid()',
  reference: 'z.uuid()',
}

function sortsOf(declaration: Declaration): string[] {
  const names = ['created_at', 'updated_at', ...declaration.columns.map(({ name }) => name)]
  return names
    .filter((field) => listOrder(declaration, [{ field, descending: false }]).code === 'ordered')
    .flatMap((name) => [name, `-${name}`])
}

function sortsText(sorts: readonly string[]): string {
  const items = sorts.map((name) => `'${name}'`)
  const line = `const SORTS = [${items.join(', ')}] as const`
  if (line.length <= 100) return line
  return `const SORTS = [\n${items.map((item) => `  ${item},\n`).join('')}] as const`
}
