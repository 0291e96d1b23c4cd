import { isName } from 'plinth/data'
import { type CliError, misuse } from '../../cli-error.ts'
import { suggestion } from '../../suggestion.ts'
import { shown } from '../naming/entity-name.ts'
import type { Field, SpelledType } from './field.ts'
import { type FieldKind, fieldKinds, KIND_ALIASES } from './field-kinds.ts'
import { isPlainText } from './quote.ts'

/** What a person says of a field, taken apart but not yet judged. */
export interface SpelledField {
  readonly name: string
  /** `decimal(10,2)` */
  readonly type: string
  readonly optional?: boolean
  readonly unique?: boolean
  readonly index?: boolean
  readonly search?: boolean
  readonly default?: string
  readonly description?: string
}

const LONGEST_DESCRIPTION = 200
const FIELD =
  /^(?<name>[^:=\s]*):(?<type>[A-Za-z]*(?:\([^()]*\))?)(?<marks>[?!#~]*)(?:=(?<fallback>"[^"]*"|\S*))?(?:\s+(?<description>.*))?$/s
const TYPE = /^(?<kind>[A-Za-z]+)(?:\((?<args>[^()]*)\))?$/
const OWN_COLUMNS = new Set([
  'id',
  'tenant_id',
  'owner_id',
  'version',
  'created_at',
  'updated_at',
  'deleted_at',
  'search_doc',
  ...['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'],
])

/**
 * Reads `name:type`, then any of `?` optional, `!` unique, `#` index, `~` search, then `=default`,
 * then, after a space, a description.
 * @throws CliError (exit code 2) naming the nearest right form
 */
export async function parseField(text: string): Promise<Field> {
  const found = FIELD.exec(text)?.groups
  if (found === undefined) throw notAField(text)
  const { name = '', type = '', marks = '', fallback, description } = found
  if (type === '') throw notAField(text)
  if (new Set(marks).size < marks.length) throw misuse(`${shown(text)} says one of ${marks} twice.`)
  return fieldOf({
    name,
    type,
    optional: marks.includes('?'),
    unique: marks.includes('!'),
    index: marks.includes('#'),
    search: marks.includes('~'),
    ...(fallback !== undefined && { default: fallback.replace(/^"(.*)"$/s, '$1') }),
    ...(description !== undefined && { description: description.trim() }),
  })
}

/**
 * Judges what was said of a field.
 * @throws CliError (exit code 2) in one sentence that names the field
 */
export async function fieldOf(spelled: SpelledField): Promise<Field> {
  const { name, description = '' } = spelled
  if (!isName(name)) throw badName(name)
  if (OWN_COLUMNS.has(name))
    throw misuse(
      `"${name}": every entity has this column by itself, or may have; choose another name.`,
    )
  if (description.length > LONGEST_DESCRIPTION || !isPlainText(description))
    throw misuse(
      `"${name}": a description is one line of at most ${LONGEST_DESCRIPTION} characters.`,
    )
  const { kind, args } = await spelledType(name, spelled.type)
  const row = kindNamed(kind)
  refuseMarks(spelled, kind, row)
  return {
    name,
    schema: withPhrase(name, () => row.schema(args)),
    imports: row.imports ?? [],
    optional: spelled.optional ?? false,
    fallback: fallbackOf(spelled, row, args),
    unique: spelled.unique ?? false,
    index: spelled.index ?? false,
    search: spelled.search ?? false,
    equalityOnly: row.equalityOnly ?? false,
    description: description === '' ? undefined : description,
    refersTo: kind === 'ref' ? args[0] : undefined,
  }
}

/**
 * A type by any of its spellings.
 * @throws CliError (exit code 2) naming the nearest type
 */
export async function spelledType(field: string, text: string): Promise<SpelledType> {
  const found = TYPE.exec(text.trim())?.groups
  const said = found?.['kind']?.toLowerCase() ?? ''
  const kind = KIND_ALIASES[said] ?? said
  if (!Object.hasOwn(fieldKinds, kind)) {
    const near = said === '' ? undefined : await suggestion(said, KNOWN)
    const next = near === undefined ? `the types are ${KINDS.join(', ')}.` : `did you mean ${near}?`
    throw misuse(`"${field}": ${shown(text)} is not a type; ${next}`)
  }
  const args = (found?.['args'] ?? '').split(',').map((arg) => arg.trim())
  return { kind, args: args.length === 1 && args[0] === '' ? [] : args }
}

const KINDS = Object.keys(fieldKinds)
const KNOWN = [...KINDS, ...Object.keys(KIND_ALIASES)]

function kindNamed(kind: string): FieldKind {
  const row = fieldKinds[kind]
  if (row === undefined) throw new TypeError(`${kind} is not in the list of kinds`)
  return row
}

function refuseMarks({ name, unique, index, search }: SpelledField, kind: string, row: FieldKind) {
  if (unique && !row.unique)
    throw misuse(`"${name}": a ${kind} cannot be unique; leave out the "!".`)
  if (index && !row.index) {
    const why = kind === 'ref' ? 'a ref has an index by itself' : `no list is filtered by a ${kind}`
    throw misuse(`"${name}": ${why}; leave out the "#".`)
  }
  if (search && !row.search)
    throw misuse(`"${name}": only string and text can be searched; leave out the "~".`)
}

function fallbackOf(
  { name, default: text }: SpelledField,
  row: FieldKind,
  args: readonly string[],
): string | undefined {
  if (text === undefined) return undefined
  if (row.fallback === undefined)
    throw misuse(`"${name}": this type has no default; leave out "=${text}".`)
  if (!isPlainText(text)) throw misuse(`"${name}": a default is one line of plain text.`)
  const { fallback } = row
  try {
    return fallback(text, args)
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    const order = /[?!#~]$/.test(text) ? ' Marks stand before the "=": name:int?=0.' : ''
    throw misuse(`"${name}": the default must be ${what}, not ${shown(text)}.${order}`)
  }
}

function withPhrase<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw misuse(`"${name}": ${error instanceof Error ? error.message : String(error)}.`)
  }
}

function badName(name: string): CliError {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase()
  const next = isName(snake)
    ? `did you mean ${snake}?`
    : 'it is lower-case letters, digits and _, at most 40, and begins with a letter.'
  return misuse(`${shown(name)} cannot name a field; ${next}`)
}

function notAField(text: string): CliError {
  const bare = /^[a-z][a-z0-9_]*$/.test(text)
  const next = bare
    ? `say its type: ${text}:string`
    : 'a field is name:type, such as name:string, price:money(0..) or "stock:int=0 Pieces on the shelf"'
  return misuse(`${shown(text)} is not a field; ${next}.`)
}
