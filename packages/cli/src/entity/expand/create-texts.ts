import { withArticle } from 'plinth/data'
import {
  accessImport,
  accessText,
  entityImport,
  headOf,
  importText,
  isPersonal,
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
    handle: async ({ db, body, actor${isPersonal(request) ? ', principal' : ''}, reply }) => {
      const fields = Object.keys(body)
      const row = await ${constant}.insert(db, ${values}, (id) => [
${eventText(request)}      ])
      reply.header('location', \`${path}/\${row.id}\`).header('etag', etagOf(row))
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
    handle: async ({ db, body, actor${isPersonal(request) ? ', principal' : ''} }) => {
${isPersonal(request) ? owned : ''}      const rows = await ${constant}.insertMany(db, ${values}, (id, at) => {
        const fields = Object.keys(body.items[at] ?? {})
        return [
${eventText(request).replaceAll(/^/gm, '  ').trimEnd()}
        ]
      })
      return { items: rows.map((row) => ${constant}.present(row)), count: rows.length }
    },
  })
}
`
}

function importsText(request: OperationRequest, data: readonly string[]): string {
  const asks = isPersonal(request) && request.toldAccess
  return `import { route } from 'plinth'
${accessImport(request)}import { auditStatement } from 'plinth/audit'
${importText('plinth/data', ['entityProblems', ...data])}${asks ? "import { personOf } from 'plinth/entities'\n" : ''}`
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
