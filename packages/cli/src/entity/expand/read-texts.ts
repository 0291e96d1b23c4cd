import { chainText } from '../text/layout.ts'
import {
  accessImport,
  accessText,
  askerNames,
  entityImport,
  headOf,
  importText,
  isPersonal,
  ownerLine,
} from './frame-text.ts'
import type { OperationRequest } from './operations.ts'

/** The text of `get-product.ts`. */
export function getText(request: OperationRequest): string {
  const { constant, singular, path, toldExpand } = request
  const asks = toldExpand ? ', principal, placement' : askerNames(request)
  return `import { route } from 'plinth'
${accessImport(request)}${dataImports(request)}${importText('plinth/entities', [
  ...(toldExpand ? ['expandablesOf', 'expandParameter', 'expansionsFor'] : []),
  'fieldsParameter',
  isPersonal(request) && 'ownerFor',
  'sendSparse',
  'shownRows',
])}${entityImport(request)}
/** One ${singular} and its ETag. */
${headOf(request)}
${rowsText(request)}  return route('GET ${path}/:id', {
    ${accessText(request)},
    tenant: 'required',
    summary: 'Read one ${singular}',
    params: { id: ${constant}.id },
    query: { ${choices(request).join(', ')} },
    returns: rows.schema,
    tagged: true,
    raises: [entityProblems.notFound],
    handle: async ({ db, params, query${asks}, reply }) => {
${toldExpand ? readExpanded(request) : readPlain(request)}    },
  })
}
`
}

/** `plinth/data`: its types, and what `get` or `list` use of it. */
function dataImports({ operation, toldExpand }: OperationRequest): string {
  const types = toldExpand ? "import type { AnyEntity } from 'plinth/data'\n" : ''
  return `${types}${importText('plinth/data', ['entityProblems', operation === 'get' && 'etagOf'])}`
}

function rowsText({ constant, toldExpand }: OperationRequest): string {
  if (!toldExpand) return `  const rows = shownRows(${constant})\n`
  return `  const expandables = expandablesOf(${constant}, expand)
  const rows = shownRows(${constant}, expandables)
`
}

function choices({ toldExpand }: OperationRequest): readonly string[] {
  const expand = toldExpand ? ['expand: expandParameter(expandables)'] : []
  return ['fields: fieldsParameter(rows)', ...expand]
}

function readPlain(request: OperationRequest): string {
  const scope = isPersonal(request) ? ', { owner }' : ''
  return `${ownerLine(request, '      ')}      const row = await ${request.constant}.get(db, params.id${scope})
      reply.header('etag', etagOf(row))
      if (query.fields !== undefined) sendSparse(reply)
      return rows.show(row, { fields: query.fields })
`
}

function readExpanded(request: OperationRequest): string {
  const { constant } = request
  const owner = isPersonal(request) ? `        owner: ownerFor(${constant}, asker),\n` : ''
  return `      const asker = { principal, placement }
      const found = await ${constant}.findExpanded(db, params.id, {
${owner}        expand: expansionsFor(expandables, query.expand, asker),
      })
      if (found === undefined) throw entityProblems.notFound()
      reply.header('etag', etagOf(found.row, found.expanded))
      if (query.fields !== undefined) sendSparse(reply)
      return rows.show(found.row, { fields: query.fields, expanded: found.expanded })
`
}

/** The text of `list-products.ts`. */
export function listText(request: OperationRequest): string {
  const { constant, plural, path, softDelete, toldExpand } = request
  const asks = hasAsker(request) ? ', principal, placement' : ''
  return `import { route } from 'plinth'
${accessImport(request)}${dataImports(request)}${importText('plinth/entities', [
  ...(toldExpand ? ['expandablesOf', 'expandParameter', 'expansionsFor'] : []),
  'fieldsParameter',
  'filterParameters',
  isPersonal(request) && !softDelete && 'ownerFor',
  softDelete && 'scopeFor',
  'sendSparse',
  'shownRows',
  'sortParameter',
])}import { z } from 'zod'
${entityImport(request)}
/** A page of ${plural}, newest first unless a sort is asked for. */
${headOf(request)}
${rowsText(request)}  const filters = filterParameters(${constant})
  return route('GET ${path}', {
    ${accessText(request)},
    tenant: 'required',
    summary: 'List ${plural}, newest first',
    query: {
${queryText(request)}    },
    whyNoQuery: filters.whyNot,
    returns: z.object({
      items: z.array(rows.schema),
      count: z.int32(),
      limit: z.int32(),
      offset: z.int32(),
      total: z.int().nullable(),
      next_cursor: z.string().nullable(),
    }),
    raises: [entityProblems.cursor, entityProblems.invalid],
    handle: async ({ db, query${asks}, reply }) => {
${answerText(request)}    },
  })
}
`
}

/** Whether the rows depend on who asks. */
function hasAsker(request: OperationRequest): boolean {
  return isPersonal(request) || request.softDelete || request.toldExpand
}

function queryText(request: OperationRequest): string {
  const { constant, search, softDelete } = request
  const lines = [
    ...choices(request),
    `sort: sortParameter(${constant})`,
    ...(search.length > 0 ? [searchText(search)] : []),
    ...(softDelete ? [DELETED] : []),
    '...filters.parameters',
  ]
  return PAGING + lines.map((line) => `      ${line},\n`).join('')
}

const PAGING = `      limit: z.coerce.number().int().min(1).max(100).default(50).describe('Page size'),
      offset: z.coerce
        .number()
        .int()
        .min(0)
        .max(10_000)
        .default(0)
        .describe('Rows to skip; use cursor to go deep'),
      cursor: z
        .string()
        .max(6_000)
        .optional()
        .describe('next_cursor of the page before; ask for all else as you did then'),
      count: z.literal('exact').optional().describe('Counts all rows, which is slow'),
`

const DELETED = `deleted: z
        .enum(['with', 'only'])
        .optional()
        .describe('Deleted rows too, or only them, for those who may delete')`

function searchText(fields: readonly string[]): string {
  const said = `Words in ${fields.join(', ')}; of all rows with them the newest 1,000`
  const links = ['.string()', '.trim()', '.min(1)', '.max(200)', '.optional()']
  const chain = { head: 'z', links: [...links, `.describe('${said}')`] }
  return `search: ${chainText(chain, { indent: 6, used: 15 })}`
}

function answerText(request: OperationRequest): string {
  const { constant, search, softDelete, toldExpand } = request
  const searched = search.length > 0 ? ', search' : ''
  const owner = isPersonal(request) && !softDelete
  return `      const { limit, offset, cursor, count, fields, sort${searched}${softDelete ? ', deleted' : ''} } = query
${hasAsker(request) ? '      const asker = { principal, placement }\n' : ''}      const page = await ${constant}.list(db, {
${softDelete ? `        ...scopeFor(${constant}, asker, deleted),\n` : ''}${owner ? `        owner: ownerFor(${constant}, asker),\n` : ''}        limit,
        offset,
        cursor,
        count,
        sort,
${search.length > 0 ? '        search,\n' : ''}        filters: filters.filtersIn(query),
${toldExpand ? '        expand: expansionsFor(expandables, query.expand, asker),\n' : ''}      })
${itemsText(request)}      if (fields !== undefined) sendSparse(reply)
      const { total, nextCursor: next_cursor } = page
      return { items, count: items.length, limit, offset, total, next_cursor }
`
}

function itemsText({ toldExpand }: OperationRequest): string {
  if (!toldExpand)
    return '      const items = page.items.map((row) => rows.show(row, { fields }))\n'
  return `      const { expanded } = page
      const items = page.items.map((row) => rows.show(row, { fields, expanded }))
`
}
