import { posix } from 'node:path'
import type { Column, Declaration } from 'plinth/data'
import type { FoundEntity } from '../find-entities.ts'
import { capital } from '../naming/entity-name.ts'
import { objectText } from './layout.ts'
import { sampleCode } from './sample-values.ts'

/** How a test makes rows of an entity, and of those that it refers to. */
export interface SampleRows {
  /** Code of the functions: `const sample = (n: number) => ({ … })`. */
  readonly code: string
  /** Whether rows of other entities come first. */
  readonly hasTargets: boolean
  /** The first line of a call: `sample(1)`, or `await sample(ana, 1)` where other rows come first. */
  call(who: string, n: number | 'n'): string
  /** Imports of the features that serve the rows referred to, a line each, sorted. */
  readonly imports: readonly string[]
  /** Whether identifiers are made, of tenants that need not be there. */
  readonly needsIds: boolean
  /** The names of those features. */
  readonly features: readonly string[]
  /** Names of the permissions to create them. */
  readonly permissions: readonly string[]
  /** What the person has to write into the test by hand, a sentence each. */
  readonly open: readonly string[]
}

/** What sample rows are made for. */
export interface SampleRequest {
  readonly declaration: Declaration
  /** Module of the test, relative to the service. */
  readonly file: string
  readonly known: readonly FoundEntity[]
}

/** Makes the code for sample rows of an entity. */
export function sampleRows({ declaration, file, known }: SampleRequest): SampleRows {
  const targets = targetsOf(declaration, known)
  const own = requiredOf(declaration)
  const entries = own.map((column) => entryOf(column))
  const hasTargets = targets.length > 0
  const words = declaration.name.replaceAll('_', ' ')
  const doc = `/** What a request says of a new ${words}; \`n\` tells one from another. */\n`
  const body = own.length === 0 ? '{}' : undefined
  const head = hasTargets
    ? 'const sample = async (who: Person, n: number) => ('
    : 'const sample = (n: number) => ('
  const object = body ?? objectText(entries, { indent: 0, used: head.length + 1 })
  const makers = targets.map(makerText).join('')
  return {
    code: `${hasTargets ? 'let made = 0\n\n' : ''}${makers}${doc}${head}${object})\n`,
    hasTargets,
    call: (who, n) => (hasTargets ? `await sample(${who}, ${n})` : `sample(${n})`),
    imports: targets.flatMap((target) => importsOf(target, file)).sort(),
    needsIds: targets.some(({ entity }) => entity.declaration.owned === 'nobody'),
    features: targets.flatMap(({ servedBy }) => servedBy?.name ?? []),
    permissions: targets
      .filter(({ entity }) => entity.declaration.owned !== 'nobody')
      .map(({ entity }) => `${entity.name}:create`),
    open: openPoints(declaration, targets),
  }
}

/** The fields that a request must say; the first one of all where it need not say any. */
export function requiredOf({ columns }: Declaration): readonly Column[] {
  const taken = columns.filter(
    ({ hidden, serverOnly, name }) =>
      !hidden && !serverOnly && name !== 'deleted_at' && name !== 'owner_id',
  )
  const required = taken.filter(({ nullable, fallback }) => !nullable && fallback === undefined)
  return required.length > 0
    ? required
    : taken.filter(({ reference }) => reference === undefined).slice(0, 1)
}

function entryOf(column: Column, variable = 'n'): readonly [string, string] {
  const { name, reference } = column
  if (reference !== undefined) return [name, `await ${makerName(reference.to)}(who)`]
  return [name, sampleCode(column, variable) ?? 'undefined']
}

/** Every entity that rows must point at, those first that others point at in turn. */
function targetsOf(declaration: Declaration, known: readonly FoundEntity[]): FoundEntity[] {
  const found: FoundEntity[] = []
  const visit = (one: Declaration) => {
    for (const { reference } of requiredOf(one)) {
      const target = known.find(({ entity }) => entity.name === reference?.to)
      if (target === undefined || found.includes(target)) continue
      visit(target.entity.declaration)
      found.push(target)
    }
  }
  visit(declaration)
  return found
}

function makerText({ entity, name }: FoundEntity): string {
  const { declaration, plural } = entity
  const isShared = declaration.owned === 'nobody'
  const head = isShared
    ? `  const { id } = await ${name}.insert(world.database.forTenant(newId()), `
    : `  const { body } = await who.post('/api/v1/${plural.replaceAll('_', '-')}', `
  const entries = requiredOf(declaration).map((column) => entryOf(column, 'made'))
  const object = objectText(entries, { indent: 2, used: head.length + 1 })
  return `/** A new ${entity.name.replaceAll('_', ' ')}'s id. */
async function ${makerName(entity.name)}(${isShared ? '_' : 'who'}: Person): Promise<unknown> {
  made += 1
${head}${object})
  return ${isShared ? 'id' : "body['id']"}
}

`
}

function makerName(entity: string): string {
  return `new${entity.split('_').map(capital).join('')}`
}

function importsOf({ servedBy, file, name, entity }: FoundEntity, test: string): string[] {
  const isShared = entity.declaration.owned === 'nobody'
  const wanted = [
    ...(servedBy === undefined ? [] : [[servedBy.file, servedBy.name] as const]),
    ...(isShared ? [[file, name] as const] : []),
  ]
  const files = [...new Set(wanted.map(([from]) => from))]
  return files.map((from) => {
    const names = wanted.filter(([other]) => other === from).map(([, one]) => one)
    return `import { ${names.sort().join(', ')} } from '${relativeTo(test, from)}'\n`
  })
}

function relativeTo(test: string, file: string): string {
  const path = posix.relative(posix.dirname(test), file)
  return path.startsWith('.') ? path : `./${path}`
}

function openPoints(own: Declaration, targets: readonly FoundEntity[]): string[] {
  const declarations = [own, ...targets.map(({ entity }) => entity.declaration)]
  const unknown = declarations.flatMap((declaration) =>
    requiredOf(declaration)
      .filter((column) => column.reference === undefined && sampleCode(column) === undefined)
      .map(
        ({ name }) =>
          `No value is known that ${declaration.name}.${name} takes; write one in the test, where it says undefined.`,
      ),
  )
  const unserved = targets
    .filter(({ entity }) => entity.declaration.owned !== 'nobody')
    .filter(({ servedBy, entity }) => !servesCreate(servedBy, entity.plural))
    .map(
      ({ entity }) =>
        `No route makes a ${entity.name.replaceAll('_', ' ')}; say in the test how one comes to be, in ${makerName(entity.name)}().`,
    )
  return [...unknown, ...unserved]
}

function servesCreate(servedBy: FoundEntity['servedBy'], plural: string): boolean {
  const url = `/api/v1/${plural.replaceAll('_', '-')}`
  return (servedBy?.feature.routes ?? []).flat().some((route) => {
    const { method, url: at } = route as { method?: unknown; url?: unknown }
    return method === 'POST' && at === url
  })
}
