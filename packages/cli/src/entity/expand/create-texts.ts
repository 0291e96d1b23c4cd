import { withArticle } from 'plinth/data'
import {
  accessImport,
  accessText,
  entityImport,
  headOf,
  importText,
  isPersonal,
  mayReferLine,
} from './frame-text.ts'
import type { OperationRequest } from './operations.ts'

/** The text of `create-product.ts`. */
export function createText(request: OperationRequest): string {
  const { constant, singular, path } = request
  const values = isPersonal(request) ? `{ ...body, owner_id: ${caller(request)} }` : 'body'
  return `${importsText(request, ['etagOf'])}${entityImport(request)}
/** A new ${singular}, and its audit row in the same round trip. */
${headOf(request)}
  return route('POST ${path}', {
    ${accessText(request)},
    tenant: 'required',
    idempotent: true,
    summary: 'Add ${withArticle(singular)}',
    body: ${constant}.create,
    returns: ${constant}.shown,
    status: 201,
    raises: [entityProblems.conflict, entityProblems.invalid],
    handle: async ({ db, body, actor${callerNames(request)}, reply }) => {
${mayReferLine(request, '      ')}      const fields = Object.keys(body)
${insertText(request, values)}      reply.header('location', \`${path}/\${row.id}\`).header('etag', etagOf(row))
      return ${constant}.present(row)
    },
  })
}
`
}

/** The text of `bulk-create-products.ts`. */
export function bulkText(request: OperationRequest): string {
  const { constant, plural, path } = request
  const owned = `      const values = body.items.map((item) => ({ ...item, owner_id: ${caller(request)} }))\n`
  const values = isPersonal(request) ? 'values' : 'body.items'
  return `${importsText(request, [])}import { z } from 'zod'
${entityImport(request)}
/** Up to a hundred ${plural} and their audit rows, all or none, in one round trip. */
${headOf(request)}
  return route('POST ${path}/bulk', {
    ${accessText(request)},
    tenant: 'required',
    idempotent: true,
    summary: 'Add several ${plural}, all or none',
    body: z.strictObject({ items: z.array(${constant}.create).min(1).max(100) }),
    returns: z.object({ items: z.array(${constant}.shown), count: z.int32() }),
    status: 201,
    raises: [entityProblems.conflict, entityProblems.invalid],
    handle: async ({ db, body, actor${callerNames(request)} }) => {
${mayReferLine(request, '      ')}${isPersonal(request) ? owned : ''}${insertManyText(request, values)}      return { items: rows.map((row) => ${constant}.present(row)), count: rows.length }
    },
  })
}
`
}

/** The row, and what commits with it; where people's rows may be named, what it may refer to. */
function insertText(request: OperationRequest, values: string): string {
  const { constant, refersToPeoples } = request
  if (!refersToPeoples)
    return `      const row = await ${constant}.insert(db, ${values}, (id) => [
${eventText(request)}      ])
`
  const named = values === 'body' ? 'body' : 'values'
  return `${named === 'body' ? '' : `      const values = ${values}\n`}      const beside = (id: string) => [
${eventText(request)}      ]
      const row = await ${constant}.insert(db, ${named}, beside, { mayRefer })
`
}

function insertManyText(request: OperationRequest, values: string): string {
  const { constant, refersToPeoples } = request
  const body = `{
        const fields = Object.keys(body.items[at] ?? {})
        return [
${eventText(request).replaceAll(/^/gm, '  ').trimEnd()}
        ]
      }`
  if (!refersToPeoples)
    return `      const rows = await ${constant}.insertMany(db, ${values}, (id, at) => ${body})\n`
  return `      const beside = (id: string, at: number) => ${body}
      const rows = await ${constant}.insertMany(db, ${values}, beside, { mayRefer })
`
}

/** What a handler that adds rows takes of its context. */
function callerNames(request: OperationRequest): string {
  if (request.refersToPeoples) return ', principal, placement'
  return isPersonal(request) ? ', principal' : ''
}

function importsText(request: OperationRequest, data: readonly string[]): string {
  const asked = [
    request.refersToPeoples && 'mayReferFor',
    isPersonal(request) && request.toldAccess && 'personOf',
  ]
  return `import { route } from 'plinth'
${accessImport(request)}import { auditStatement } from 'plinth/audit'
${importText('plinth/data', ['entityProblems', ...data])}${importText('plinth/entities', asked)}`
}

/** Who adds a row that belongs to people owns it, whatever the request says. */
function caller({ toldAccess }: OperationRequest): string {
  return toldAccess ? 'personOf(principal)' : 'principal.person'
}

function eventText({ entity }: OperationRequest): string {
  return `        auditStatement(db.tenant, actor, {
          action: '${entity}.create',
          outcome: 'success',
          target: { type: '${entity}', id },
          ...(fields.length > 0 && { data: { fields } }),
        }),
`
}
