import { closingOf, entriesIn, opaqueEnd, partsIn, type Span, trimmed } from '../field/scan-code.ts'
import { layOutFeature } from './lay-out-feature.ts'

/** How a module is to change when an operation is written out. */
export interface CrudEdit {
  /** The entity's constant, as the module names it. */
  readonly constant: string
  /** `['list', 'false']`, each. */
  readonly options: readonly (readonly [key: string, value: string])[]
  /** `listProducts(product)`, set behind `crud(…)`. */
  readonly call: string
  /** `import { listProducts } from './list-products.ts'` */
  readonly importLine: string
}

/**
 * The text with the operation taken from `crud(…)` and served by the written route. Undefined unless the
 * module calls `crud` for the entity exactly once, with no options or a plain object of them, and
 * imports what it needs in lines that we know.
 */
export function withExpanded(text: string, edit: CrudEdit): string | undefined {
  const calls = crudCalls(text, edit.constant)
  const [call] = calls
  if (call === undefined || calls.length > 1) return undefined
  const [, options, ...more] = partsIn(text, call).map((part) => trimmed(text, part))
  const said = options === undefined ? [] : entriesIn(text, options)
  const taken = edit.options.some(([key]) => said?.some((entry) => entry.key === key))
  if (said === undefined || taken || more.length > 0) return undefined
  const added = edit.options.map(([key, value]) => `${key}: ${value}`).join(', ')
  const inside = text.slice(call.start + 1, call.end - 1)
  const last = said.at(-1)
  const changed =
    last === undefined
      ? `${edit.constant}, { ${added} }`
      : `${text.slice(call.start + 1, last.value.end)}, ${added}${text.slice(last.value.end, call.end - 1)}`
  if (inside.includes('\n') && last === undefined) return undefined
  const behind = text.slice(call.end)
  // On a line of its own the call is followed by one on the next line.
  const pad = /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, call.start))?.[1] ?? ''
  const separator = /^,?[ \t]*\n/.test(behind) ? `,\n${pad}` : ', '
  const replaced = `${text.slice(0, call.start + 1)}${changed})${separator}${edit.call}${behind}`
  const imported = withLine(replaced, edit.importLine)
  return imported === undefined ? undefined : layOutFeature(imported)
}

function crudCalls(text: string, constant: string): Span[] {
  const calls: Span[] = []
  for (let place = 0; place < text.length; ) {
    const end = opaqueEnd(text, place)
    if (end !== undefined) {
      place = end
      continue
    }
    if (/^crud\(/.test(text.slice(place, place + 5)) && !/[\w$.]/.test(text.charAt(place - 1))) {
      const start = place + 4
      const closed = closingOf(text, start)
      const first = closed === undefined ? undefined : partsIn(text, { start, end: closed })[0]
      const name = first === undefined ? undefined : trimmed(text, first)
      if (closed !== undefined && name && text.slice(name.start, name.end) === constant)
        calls.push({ start, end: closed })
    }
    place += 1
  }
  return calls
}

/** Behind the last import of a package, before those of modules that come later. */
function withLine(text: string, line: string): string | undefined {
  const imports = [...text.matchAll(/^import [^\n]*from ['"]([^'"\n]+)['"];?\n/gm)]
  const from = /from '([^']+)'/.exec(line)?.[1] ?? ''
  const later = imports.find(([, module = '']) => module.startsWith('./') && module > from)
  const last = imports.at(-1)
  const at = later?.index ?? (last === undefined ? undefined : last.index + last[0].length)
  return at === undefined ? undefined : text.slice(0, at) + line + text.slice(at)
}
