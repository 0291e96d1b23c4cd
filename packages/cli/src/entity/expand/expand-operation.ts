import { readFile, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { misuse } from '../../cli-error.ts'
import { loadModules } from '../../sync/find-features.ts'
import { entitiesIn, type FoundEntity } from '../find-entities.ts'
import { routesOf } from '../list/list-entities.ts'
import { entityNamed } from '../remove/remove-entity.ts'
import { placeInService, refuseExisting, writeNew } from '../safe-place.ts'
import { type CrudEdit, withExpanded } from './edit-crud.ts'
import { fileOf, functionOf, type OperationName, type OperationRequest } from './operations.ts'
import { getText, listText } from './read-texts.ts'
import { createText, deleteText, updateText } from './write-texts.ts'

/** What was written. Paths are relative to the service. */
export interface Expanded {
  /** The new module with the route. */
  readonly file: string
  readonly text: string
  /** The module that serves the entity. */
  readonly servedIn: string
  /** Whether it was changed to serve the route; else `byHand` says how. */
  readonly edited: boolean
  readonly byHand: readonly string[]
}

/** What to expand. */
export interface ExpandRequest {
  readonly service: string
  readonly entity: string
  readonly operation: OperationName
  readonly dryRun: boolean
}

/**
 * Writes one operation of an entity out by hand, as a route in a module of its own, and has the entity's
 * feature serve it instead of `crud()`.
 * @throws CliError (exit code 2) when there is no such entity, or it does not serve the operation
 */
export async function expandOperation(request: ExpandRequest): Promise<Expanded> {
  const { service, operation, dryRun } = request
  const found = await entityNamed(request.entity, entitiesIn(await loadModules(service)))
  const servedIn = servedFile(found, operation)
  const folder = posix.dirname(found.file)
  const asked = requestFor(found, operation)
  const file = posix.join(folder, fileOf(asked))
  refuseExisting(service, [file])
  const text = textOf(asked, found)
  const before = await readFile(join(service, servedIn), 'utf8')
  const edit = editFor(asked, found, { file, servedIn })
  const after = withExpanded(before, edit)
  if (!dryRun) {
    await writeNew(service, [{ file, text }])
    if (after !== undefined) await writeFile(placeInService(service, servedIn), after)
  }
  return { file, text, servedIn, edited: after !== undefined, byHand: byHand(edit) }
}

function servedFile({ entity, servedBy }: FoundEntity, operation: OperationName): string {
  const path = `/api/v1/${entity.plural.replaceAll('_', '-')}`
  const wanted = `${METHODS[operation]} ${path}${operation === 'list' || operation === 'create' ? '' : '/:id'}`
  if (servedBy !== undefined && routesOf(servedBy.feature).includes(wanted)) return servedBy.file
  throw misuse(
    `No feature serves ${wanted}, so there is nothing to write out; see \`plinth entity ls\`.`,
  )
}

const METHODS = {
  list: 'GET',
  get: 'GET',
  create: 'POST',
  update: 'PUT',
  delete: 'DELETE',
} as const

function requestFor(
  { entity, file, name }: FoundEntity,
  operation: OperationName,
): OperationRequest {
  return {
    operation,
    constant: name,
    from: `./${posix.basename(file)}`,
    singular: entity.name.replaceAll('_', ' '),
    plural: entity.plural.replaceAll('_', ' '),
    path: `/api/v1/${entity.plural.replaceAll('_', '-')}`,
    entity: entity.name,
    owned: entity.declaration.owned,
  }
}

function textOf(request: OperationRequest, { entity }: FoundEntity): string {
  switch (request.operation) {
    case 'list':
      return listText(request, entity.declaration)
    case 'get':
      return getText(request)
    case 'create':
      return createText(request)
    case 'update':
      return updateText(request)
    case 'delete':
      return deleteText(request)
  }
}

function editFor(
  request: OperationRequest,
  { entity }: FoundEntity,
  { file, servedIn }: { readonly file: string; readonly servedIn: string },
): CrudEdit {
  const { operation, constant } = request
  // Where crud() is told nothing of them, these follow what it is told of the other.
  const follower = operation === 'create' ? 'bulk' : operation === 'delete' ? 'restore' : undefined
  const stays = follower === 'bulk' || (follower === 'restore' && entity.declaration.softDelete)
  const from = posix.relative(posix.dirname(servedIn), file)
  return {
    constant,
    options: [
      [operation, 'false'],
      ...(follower !== undefined && stays ? [[follower, 'true'] as const] : []),
    ],
    call: `${functionOf(request)}(${constant})`,
    importLine: `import { ${functionOf(request)} } from '${from.startsWith('.') ? from : `./${from}`}'\n`,
  }
}

function byHand({ options, call, importLine, constant }: CrudEdit): readonly string[] {
  const said = options.map(([key, value]) => `${key}: ${value}`).join(', ')
  return [importLine.trim(), `routes: [crud(${constant}, { ${said} }), ${call}]`]
}
