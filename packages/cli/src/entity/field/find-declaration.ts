import { callsTo } from './calls-to.ts'
import { type Entry, entriesIn, partsIn, type Span, trimmed } from './scan-code.ts'

/** Where a module declares an entity. */
export interface FoundDeclaration {
  /** `'product', { … }, { … }` with its brackets. */
  readonly call: Span
  /** The object of its fields, with braces. */
  readonly shape: Span
  readonly fields: readonly Entry[]
  /** The object of its options, with braces, when it has one. */
  readonly options: Span | undefined
}

/**
 * Finds `entity('product', { … })` in the text of a module. Undefined unless there is exactly one, with
 * its fields as a plain object literal.
 */
export function findDeclaration(text: string, entity: string): FoundDeclaration | undefined {
  const calls = callsTo(text, 'entity').flatMap((call) => declarationIn(text, call, entity) ?? [])
  return calls.length === 1 ? calls[0] : undefined
}

function declarationIn(text: string, call: Span, entity: string): FoundDeclaration | undefined {
  const [name, shape, options, ...more] = partsIn(text, call).map((part) => trimmed(text, part))
  if (name === undefined || shape === undefined || more.length > 0) return undefined
  const said = text.slice(name.start, name.end)
  if (said !== `'${entity}'` && said !== `"${entity}"`) return undefined
  const isObject = (span: Span) => text[span.start] === '{' && text[span.end - 1] === '}'
  if (!isObject(shape) || (options !== undefined && !isObject(options))) return undefined
  const fields = entriesIn(text, shape)
  return fields === undefined ? undefined : { call, shape, fields, options }
}
