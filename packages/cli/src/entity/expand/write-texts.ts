import { capital } from '../naming/entity-name.ts'
import { entityImport, headOf, type OperationRequest, ownerLines } from './operations.ts'

/** The text of `create-product.ts`. */
export function createText(request: OperationRequest): string {
  const { constant, singular, path, entity, owned } = request
  const isPerson = owned === 'person'
  const values = isPerson ? '{ ...body, owner_id: principal.person }' : 'body'
  return `import { route } from 'plinth'
import { auditStatement } from 'plinth/audit'
import { entityProblems } from 'plinth/data'
${entityImport(request)}
/** A new ${singular}, and its audit row in the same round trip. */
${headOf(request)}
  return route('POST ${path}', {
    access: ${constant}.can.create,
    tenant: 'required',
    idempotent: true,
    summary: 'Add a ${singular}',
    body: ${constant}.create,
    returns: ${constant}.shown,
    status: 201,
    raises: [entityProblems.conflict, entityProblems.invalid],
    handle: async ({ db, body, actor${isPerson ? ', principal' : ''}, reply }) => {
      const row = await ${constant}.insert(db, ${values}, (id) => [
        auditStatement(db.tenant, actor, {
          action: '${entity}.create',
          outcome: 'success',
          target: { type: '${entity}', id },
          data: { fields: Object.keys(body) },
        }),
      ])
      reply.header('location', \`${path}/\${row.id}\`).header('etag', \`"\${row.version}"\`)
      return ${constant}.present(row)
    },
  })
}
`
}

/** The text of `update-product.ts`: PUT and PATCH. */
export function updateText(request: OperationRequest): string {
  const { constant, singular, path } = request
  const type = capital(constant)
  return `import { route } from 'plinth'
${accessImport(request)}import { record } from 'plinth/audit'
import { entityProblems } from 'plinth/data'
import type { ContextFor } from 'plinth/feature'
import { z } from 'zod'
${entityImport(request)}
type Changes = Parameters<typeof ${type}.update>[2]
type Id = Parameters<typeof ${type}.update>[1]

/** \`PUT\` replaces every field that a client may set, \`PATCH\` changes the fields it names. */
${headOf(request)}
  const both = {
    access: ${constant}.can.update,
    tenant: 'required',
    params: { id: ${constant}.id },
    headers: { 'if-match': z.string().max(200).optional() },
    returns: ${constant}.shown,
    raises: [
      entityProblems.notFound,
      entityProblems.stale,
      entityProblems.conflict,
      entityProblems.invalid,
    ],
  } as const
  return [
    route('PUT ${path}/:id', {
      ...both,
      summary: 'Replace one ${singular}',
      body: ${constant}.create,
      handle: (context) => change(${constant}, context, context.body),
    }),
    route('PATCH ${path}/:id', {
      ...both,
      summary: 'Change some fields of one ${singular}',
      body: ${constant}.patch,
      handle: (context) => change(${constant}, context, context.body),
    }),
  ]
}

/** What both take from a request. */
type Asked = ContextFor<typeof ${type}.can.update> & {
  readonly params: { readonly id: Id }
  readonly headers: { readonly 'if-match'?: string | undefined }
}

${changeText(request)}
${VERSION_IN}`
}

/** What PUT and PATCH have in common. */
function changeText(request: OperationRequest): string {
  const { constant, entity } = request
  return `async function change(
  ${constant}: typeof ${capital(constant)},
  { db, params, headers, actor${asks(request)}, reply }: Asked,
  changes: Changes,
) {
  const version = versionIn(headers['if-match'])
${ownerLines(request, '  ')}  const row = await db.transaction(async (tx) => {
    const changed = await ${constant}.update(tx, params.id, changes, { version${scope(request)} })
    await record(tx, actor, {
      action: '${entity}.update',
      outcome: 'success',
      target: { type: '${entity}', id: params.id },
      data: { fields: Object.keys(changes) },
    })
    return changed
  })
  reply.header('etag', \`"\${row.version}"\`)
  return ${constant}.present(row)
}
`
}

/** The text of `delete-product.ts`. */
export function deleteText(request: OperationRequest): string {
  const { constant, singular, path, entity } = request
  return `import { route } from 'plinth'
${accessImport(request)}import { record } from 'plinth/audit'
import { entityProblems } from 'plinth/data'
import { z } from 'zod'
${entityImport(request)}
/** Deletes one ${singular}. */
${headOf(request)}
  return route('DELETE ${path}/:id', {
    access: ${constant}.can.delete,
    tenant: 'required',
    summary: 'Delete one ${singular}',
    params: { id: ${constant}.id },
    headers: { 'if-match': z.string().max(200).optional() },
    raises: [entityProblems.notFound, entityProblems.stale, entityProblems.inUse],
    handle: async ({ db, params, headers, actor${asks(request)} }) => {
      const version = versionIn(headers['if-match'])
${ownerLines(request, '      ')}      await db.transaction(async (tx) => {
        await ${constant}.remove(tx, params.id, { version${scope(request)} })
        await record(tx, actor, {
          action: '${entity}.delete',
          outcome: 'success',
          target: { type: '${entity}', id: params.id },
        })
      })
    },
  })
}

${VERSION_IN}`
}

const VERSION_IN = `/** The version that If-Match demands; undefined when it demands none, or any (\`*\`). */
function versionIn(ifMatch: string | undefined): number | undefined {
  const tag = ifMatch?.trim()
  if (tag === undefined || tag === '*') return undefined
  const version = Number(/^"([1-9]\\d{0,9})"$/.exec(tag)?.[1])
  if (version < 2 ** 31) return version
  throw entityProblems.stale('If-Match holds no tag of ours')
}
`

function accessImport({ owned }: OperationRequest): string {
  return owned === 'person' ? "import { holds } from 'plinth/access'\n" : ''
}

function asks({ owned }: OperationRequest): string {
  return owned === 'person' ? ', principal, placement' : ''
}

function scope({ owned }: OperationRequest): string {
  return owned === 'person' ? ', owner' : ''
}
