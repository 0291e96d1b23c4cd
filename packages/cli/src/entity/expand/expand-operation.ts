import { readFile, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { misuse } from '../../cli-error.ts'
import { loadModules } from '../../sync/find-features.ts'
import { entriesIn } from '../field/scan-code.ts'
import { entitiesIn, type FoundEntity } from '../find-entities.ts'
import { entityNamed } from '../remove/remove-entity.ts'
import { placeInService, refuseExisting, writeNew } from '../safe-place.ts'
import { deleteText, restoreText, updateText } from './change-texts.ts'
import { bulkText, createText } from './create-texts.ts'
import { type CrudEdit, crudOptions, withExpanded } from './edit-crud.ts'
import { fileOf, functionOf, type OperationName, type OperationRequest } from './operations.ts'
import { getText, listText } from './read-texts.ts'
import { placeOf, type Told, toldAt } from './told.ts'

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
  const all = entitiesIn(await loadModules(service))
  const found = await entityNamed(request.entity, all)
  const before = found.servedBy && (await readFile(join(service, found.servedBy.file), 'utf8'))
  const options = before === undefined ? undefined : crudOptions(before, found.name)
  const path = literal(options?.get('path')) ?? `/api/v1/${dashed(found.entity.plural)}`
  const { told, servedIn } = served(found, { operation, path }, options)
  const asked = requestFor(found, { operation, path, told, all })
  const file = posix.join(posix.dirname(found.file), fileOf(asked))
  refuseExisting(service, [file])
  const text = TEXTS[operation](asked)
  const edit = editFor(asked, { file, servedIn, options })
  const readable = options !== undefined && !edit.call.includes(UNKNOWN)
  const after = readable && before !== undefined ? withExpanded(before, edit) : undefined
  if (!dryRun) {
    await writeNew(service, [{ file, text }])
    if (after !== undefined) await writeFile(placeInService(service, servedIn), after)
  }
  return { file, text, servedIn, edited: after !== undefined, byHand: byHand(edit) }
}

const TEXTS: Readonly<Record<OperationName, (request: OperationRequest) => string>> = {
  list: listText,
  get: getText,
  create: createText,
  bulk: bulkText,
  update: updateText,
  delete: deleteText,
  restore: restoreText,
}

function dashed(name: string): string {
  return name.replaceAll('_', '-')
}

function literal(text: string | undefined): string | undefined {
  return /^(['"`])([^'"`$\\]*)\1$/.exec(text ?? '')?.[2]
}

interface Place {
  readonly operation: OperationName
  readonly path: string
}

function served(
  { entity, servedBy }: FoundEntity,
  { operation, path }: Place,
  options: ReadonlyMap<string, string> | undefined,
): { readonly told: Told; readonly servedIn: string } {
  const told = servedBy && toldAt(servedBy.feature, { operation, path, entity })
  // A route of the owner's own may answer there.
  const isCrud = options?.get(operation) !== 'false'
  if (servedBy !== undefined && told !== undefined && isCrud)
    return { told, servedIn: servedBy.file }
  throw misuse(
    `No crud() serves ${placeOf(operation, path)}, so there is nothing to write out; see \`plinth entity ls\`.`,
  )
}

function requestFor(
  { entity, file, name }: FoundEntity,
  {
    operation,
    path,
    told,
    all,
  }: Place & { readonly told: Told; readonly all: readonly FoundEntity[] },
): OperationRequest {
  const { owned, softDelete, search, columns } = entity.declaration
  const peoples = all.filter((one) => one.entity.declaration.owned === 'person')
  const refersToPeoples = columns.some(({ reference }) =>
    peoples.some((one) => one.entity.name === reference?.to),
  )
  return {
    operation,
    path,
    constant: name,
    from: `./${posix.basename(file)}`,
    singular: entity.name.replaceAll('_', ' '),
    plural: entity.plural.replaceAll('_', ' '),
    entity: entity.name,
    owned,
    softDelete,
    refersToPeoples,
    search,
    toldAccess: told.access,
    toldExpand: told.expand,
  }
}

/** Where crud() is told nothing of them, these follow what it is told of the other. */
const FOLLOWS: Readonly<Partial<Record<OperationName, OperationName>>> = {
  bulk: 'create',
  restore: 'delete',
}

interface Editing {
  readonly file: string
  readonly servedIn: string
  readonly options: ReadonlyMap<string, string> | undefined
}

function editFor(request: OperationRequest, { file, servedIn, options }: Editing): CrudEdit {
  const { operation, constant, softDelete, toldAccess, toldExpand } = request
  const followers = Object.entries(FOLLOWS)
    .filter(([name, leader]) => leader === operation && options?.has(name) !== true)
    .filter(([name]) => name !== 'restore' || softDelete)
    .map(([name]) => [name, options?.get(operation) ?? 'true'] as const)
  const from = posix.relative(posix.dirname(servedIn), file)
  const args = [
    constant,
    ...(toldAccess ? [accessIn(options, operation)] : []),
    ...(toldExpand ? [options?.get('expand') ?? UNKNOWN] : []),
  ]
  return {
    constant,
    options: [[operation, 'false'], ...followers],
    call: `${functionOf(request)}(${args.join(', ')})`,
    importLine: `import { ${functionOf(request)} } from '${from.startsWith('.') ? from : `./${from}`}'\n`,
  }
}

/** Stands for what a person has to take over from `crud()`. */
const UNKNOWN = '…'

function accessIn(options: Editing['options'], operation: OperationName): string {
  const text = options?.get(operation) ?? options?.get(FOLLOWS[operation] ?? operation) ?? ''
  const access = entriesIn(text, { start: 0, end: text.length })?.find(
    ({ key }) => key === 'access',
  )
  return access === undefined ? UNKNOWN : text.slice(access.value.start, access.value.end)
}

function byHand({ options, call, importLine, constant }: CrudEdit): readonly string[] {
  const said = options.map(([key, value]) => `${key}: ${value}`).join(', ')
  return [importLine.trim(), `routes: [crud(${constant}, { ${said} }), ${call}]`]
}
