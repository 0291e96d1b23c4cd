import type { Field } from '../fields/field.ts'
import { fieldText } from '../text/entity-text.ts'
import type { FoundDeclaration } from './find-declaration.ts'
import { entriesIn, partsIn, type Span, trimmed } from './scan-code.ts'

/** A replacement in a text. */
interface Edit extends Span {
  readonly text: string
}

/** The text with a field more, as the last one; undefined when the options are in no shape we know. */
export function withField(text: string, found: FoundDeclaration, field: Field): string | undefined {
  const options = optionEdits(text, found, field)
  if (options === undefined) return undefined
  return edited(text, [insertion(text, found, field), ...options])
}

/** The text with a field called otherwise, in its options too. */
export function withRenamed(
  text: string,
  found: FoundDeclaration,
  { from, to }: { readonly from: string; readonly to: string },
): string | undefined {
  const entry = found.fields.find(({ key }) => key === from)
  if (entry === undefined) return undefined
  const named = namesIn(text, found.options)
    .filter(({ start, end }) => text.slice(start + 1, end - 1) === from)
    .map((span): Edit => ({ ...span, text: `'${to}'` }))
  return edited(text, [{ ...entry.keySpan, text: to }, ...named])
}

/** The text without a field, in its options neither. */
export function withoutField(
  text: string,
  found: FoundDeclaration,
  name: string,
): string | undefined {
  const entry = found.fields.find(({ key }) => key === name)
  if (entry === undefined || found.fields.length === 1) return undefined
  return edited(text, [gone(text, entry, found.shape), ...goneFromOptions(text, found, name)])
}

function insertion(text: string, { shape, fields }: FoundDeclaration, field: Field): Edit {
  const last = fields.at(-1)
  const isOneLine = !text.slice(shape.start, shape.end).includes('\n')
  if (last === undefined || isOneLine) {
    const at = last?.value.end ?? shape.start + 1
    const before = last === undefined ? ' ' : ', '
    const after = last === undefined ? ' ' : ''
    return { start: at, end: at, text: `${before}${fieldText(field, -100)}${after}` }
  }
  const indent = indentOf(text, last.keySpan.start)
  const hasComma = text[last.end] === ','
  const at = hasComma ? behindComment(text, last.end + 1) : last.value.end
  const line = `${' '.repeat(indent)}${fieldText(field, indent)},`
  return { start: at, end: at, text: `${hasComma ? '' : ','}\n${line}` }
}

/** What `!`, `#` and `~` add to the options. */
function optionEdits(text: string, { options, call, shape }: FoundDeclaration, field: Field) {
  const index = field.equalityOnly ? [field.name, 'created_at'] : [field.name]
  const wanted = [
    ...(field.unique ? [['unique', `['${field.name}']`] as const] : []),
    ...(field.index
      ? [['index', `[${index.map((name) => `'${name}'`).join(', ')}]`] as const]
      : []),
    ...(field.search ? [['search', `'${field.name}'`] as const] : []),
  ]
  if (wanted.length === 0) return []
  if (options === undefined) {
    const entries = wanted.map(([key, item]) => `${key}: [${item}]`).join(', ')
    return [{ start: shape.end, end: shape.end, text: `, { ${entries} }` }].filter(
      () => call.end > shape.end,
    )
  }
  const entries = entriesIn(text, options)
  if (entries === undefined) return undefined
  const edits: Edit[] = []
  for (const [key, item] of wanted) {
    const value = entries.find((entry) => entry.key === key)?.value
    const last = entries.at(-1)
    if (value !== undefined && text[value.start] !== '[') return undefined
    if (value !== undefined) edits.push(appended(text, value, item))
    else if (last !== undefined)
      edits.push({ start: last.value.end, end: last.value.end, text: `, ${key}: [${item}]` })
    else
      edits.push({ start: options.start + 1, end: options.start + 1, text: ` ${key}: [${item}] ` })
  }
  return edits
}

function appended(text: string, list: Span, item: string): Edit {
  const last = partsIn(text, list).at(-1)
  if (last === undefined) return { start: list.start + 1, end: list.start + 1, text: item }
  const at = trimmed(text, last).end
  return { start: at, end: at, text: `, ${item}` }
}

/** The texts that stand in lists of the options: names of columns. */
function namesIn(text: string, options: Span | undefined): Span[] {
  if (options === undefined) return []
  const lists = (entriesIn(text, options) ?? []).filter(
    ({ key, value }) => LISTS.has(key) && text[value.start] === '[',
  )
  return lists.flatMap(({ value }) =>
    partsIn(text, value)
      .map((part) => trimmed(text, part))
      .flatMap((part) => (text[part.start] === '[' ? partsIn(text, part) : [part]))
      .map((part) => trimmed(text, part)),
  )
}

const LISTS = new Set(['hidden', 'serverOnly', 'unique', 'index', 'search', 'pii'])

function goneFromOptions(text: string, { options }: FoundDeclaration, name: string): Edit[] {
  if (options === undefined) return []
  const entries = entriesIn(text, options) ?? []
  return entries
    .filter(({ key, value }) => LISTS.has(key) && text[value.start] === '[')
    .flatMap((entry) => {
      const parts = partsIn(text, entry.value)
      const hit = parts.filter((part) => mentions(text.slice(part.start, part.end), name))
      if (hit.length === 0) return []
      if (hit.length === parts.length) return [gone(text, entry, options)]
      return hit.map((part) => gone(text, part, entry.value))
    })
}

function mentions(text: string, name: string): boolean {
  return text.includes(`'${name}'`) || text.includes(`"${name}"`)
}

/** A part with the comma behind it; of the last part the comma before it. */
function gone(text: string, { start, end }: Span, within: Span): Edit {
  const from = behindComment(text, start)
  const isFirst = start === within.start + 1
  if (text[end] === ',') {
    // What follows on the same line moves up to the bracket.
    const space = isFirst ? (/^ (?=\S)/.exec(text.slice(end + 1))?.[0].length ?? 0) : 0
    return { start: from, end: behindComment(text, end + 1 + space), text: '' }
  }
  const to = start + text.slice(start, end).trimEnd().length
  // On a line of its own it leaves the comma before it; within a line that goes as well.
  const keepsComma = isFirst || /^\s*\n/.test(text.slice(from, end))
  return { start: keepsComma ? from : start - 1, end: to, text: '' }
}

/** Behind a comment that ends the line: it is about what stands before it. */
function behindComment(text: string, at: number): number {
  const comment = /^[ \t]*\/\/[^\n]*/.exec(text.slice(at))
  return at + (comment?.[0].length ?? 0)
}

function edited(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, { start, end, text: by }) => all.slice(0, start) + by + all.slice(end), text)
}

function indentOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1)
}
