import { capital } from '../naming/entity-name.ts'
import {
  accessImport,
  accessText,
  askerNames,
  CONDITIONS,
  entityImport,
  headOf,
  importText,
  indented,
  isPersonal,
  mayReferLine,
  ownerLine,
  ownerName,
  writerNames,
} from './frame-text.ts'
import type { OperationRequest } from './operations.ts'

/** The text of `update-product.ts`: PUT and PATCH. */
export function updateText(request: OperationRequest): string {
  const { constant, singular, path, toldAccess } = request
  const type = capital(constant)
  const asked = toldAccess ? 'Access' : `typeof ${type}.can.update`
  const peoples = request.refersToPeoples ? ['mayReferFor'] : []
  return `${importsText(request, ['etagOf'], peoples)}import type { ContextFor } from 'plinth/feature'
import { z } from 'zod'
${entityImport(request)}
type Changes = Parameters<typeof ${type}.update>[2]
type Id = Parameters<typeof ${type}.update>[1]

/** \`PUT\` replaces every field that a client may set, \`PATCH\` changes the fields it names. */
${headOf(request)}
  const both = {
    ${accessText(request)},
    tenant: 'required',
    params: { id: ${constant}.id },
    ${indented(CONDITIONS, 4)},
    returns: ${constant}.shown,
    raises: [
      entityProblems.notFound,
      entityProblems.stale,
      entityProblems.condition,
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
type Asked = ContextFor<${asked}> & {
  readonly params: { readonly id: Id }
  readonly headers: {
    readonly 'if-match'?: string | undefined
    readonly 'if-none-match'?: string | undefined
  }
}

${changeText(request)}`
}

/** What PUT and PATCH have in common. */
function changeText(request: OperationRequest): string {
  const { constant, entity, refersToPeoples } = request
  const options = `version${ownerName(request)}${refersToPeoples ? ', mayRefer' : ''}`
  return `async function change(
  ${constant}: typeof ${capital(constant)},
  { db, params, headers, actor${writerNames(request)}, reply }: Asked,
  changes: Changes,
) {
  const version = demandedVersion(headers['if-match'], headers['if-none-match'])
${ownerLine(request, '  ')}${mayReferLine(request, '  ')}  const fields = Object.keys(changes)
  const changed = await db.transaction(async (tx) => {
    const row = await ${constant}.update(tx, params.id, changes, { ${options} })
    await record(tx, actor, {
      action: '${entity}.update',
      outcome: 'success',
      target: { type: '${entity}', id: params.id },
      ...(fields.length > 0 && { data: { fields } }),
    })
    return row
  })
  reply.header('etag', etagOf(changed))
  return ${constant}.present(changed)
}
`
}

/** The text of `delete-product.ts`. */
export function deleteText(request: OperationRequest): string {
  const { constant, singular, path } = request
  return `${importsText(request, [])}import { z } from 'zod'
${entityImport(request)}
/** Deletes one ${singular}. */
${headOf(request)}
  return route('DELETE ${path}/:id', {
    ${accessText(request)},
    tenant: 'required',
    summary: 'Delete one ${singular}',
    params: { id: ${constant}.id },
    ${indented(CONDITIONS, 4)},
    raises: [
      entityProblems.notFound,
      entityProblems.stale,
      entityProblems.condition,
      entityProblems.inUse,
    ],
    handle: async ({ db, params, headers, actor${askerNames(request)} }) => {
      const version = demandedVersion(headers['if-match'], headers['if-none-match'])
${ownerLine(request, '      ')}      await db.transaction(async (tx) => {
        await ${constant}.remove(tx, params.id, { version${ownerName(request)} })
${eventText(request, 'delete')}      })
    },
  })
}
`
}

/** The text of `restore-product.ts`. */
export function restoreText(request: OperationRequest): string {
  const { constant, singular, path } = request
  return `${importsText(request, ['etagOf'])}import { z } from 'zod'
${entityImport(request)}
/** Takes one deleted ${singular} back. */
${headOf(request)}
  return route('POST ${path}/:id/restore', {
    ${accessText(request)},
    tenant: 'required',
    summary: 'Take back one deleted ${singular}',
    params: { id: ${constant}.id },
    ${indented(CONDITIONS, 4)},
    returns: ${constant}.shown,
    raises: [
      entityProblems.notFound,
      entityProblems.stale,
      entityProblems.condition,
      entityProblems.conflict,
    ],
    handle: async ({ db, params, headers, actor${askerNames(request)}, reply }) => {
      const version = demandedVersion(headers['if-match'], headers['if-none-match'])
${ownerLine(request, '      ')}      const restored = await db.transaction(async (tx) => {
        const row = await ${constant}.restore(tx, params.id, { version${ownerName(request)} })
${eventText(request, 'restore')}        return row
      })
      reply.header('etag', etagOf(restored))
      return ${constant}.present(restored)
    },
  })
}
`
}

function importsText(
  request: OperationRequest,
  data: readonly string[],
  entities: readonly string[] = [],
): string {
  return `import { route } from 'plinth'
${accessImport(request)}import { record } from 'plinth/audit'
${importText('plinth/data', ['demandedVersion', 'entityProblems', ...data])}${importText('plinth/entities', [...entities, isPersonal(request) && 'ownerFor'])}`
}

function eventText({ entity }: OperationRequest, action: 'delete' | 'restore'): string {
  return `        await record(tx, actor, {
          action: '${entity}.${action}',
          outcome: 'success',
          target: { type: '${entity}', id: params.id },
        })
`
}
