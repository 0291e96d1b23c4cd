import { callsTo } from '../field/calls-to.ts'
import { type Entry, entriesIn, partsIn, type Span, trimmed } from '../field/scan-code.ts'
import { layOutFeature } from './lay-out-feature.ts'

/** How a module is to change when an operation is written out. */
export interface CrudEdit {
  /** The entity's constant, as the module names it. */
  readonly constant: string
  /** What `crud()` is told from now on: `['list', 'false']`, each. */
  readonly options: readonly (readonly [key: string, value: string])[]
  /** `listProducts(product)`, set behind `crud(…)`. */
  readonly call: string
  /** `import { listProducts } from './list-products.ts'` */
  readonly importLine: string
}

/**
 * The options that a module gives to `crud()` for an entity, as it spells them. Undefined unless it calls
 * `crud` for it exactly once, with no options or a plain object of them.
 */
export function crudOptions(
  text: string,
  constant: string,
): ReadonlyMap<string, string> | undefined {
  const said = onlyCall(text, constant)?.said
  return said && new Map(said.map(({ key, value }) => [key, text.slice(value.start, value.end)]))
}

/**
 * The text with the operation taken from `crud(…)` and served by the written route. Undefined where the
 * options cannot be read, or the module does not import what it needs in lines that we know.
 */
export function withExpanded(text: string, edit: CrudEdit): string | undefined {
  const only = onlyCall(text, edit.constant)
  if (only === undefined) return undefined
  const { call, said } = only
  if (text.slice(call.start, call.end).includes('\n') && said.length === 0) return undefined
  const changed = withOptions(text, only, edit)
  const behind = text.slice(call.end)
  // On a line of its own the call is followed by one on the next line.
  const pad = /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, call.start))?.[1] ?? ''
  const separator = /^,?[ \t]*\n/.test(behind) ? `,\n${pad}` : ', '
  const replaced = `${text.slice(0, call.start + 1)}${changed})${separator}${edit.call}${behind}`
  const imported = withLine(replaced, edit.importLine)
  return imported === undefined ? undefined : layOutFeature(imported)
}

interface Call {
  readonly call: Span
  readonly said: readonly Entry[]
}

function onlyCall(text: string, constant: string): Call | undefined {
  const calls = crudCalls(text, constant)
  const [call] = calls
  if (call === undefined || calls.length > 1) return undefined
  const [, options, ...more] = partsIn(text, call).map((part) => trimmed(text, part))
  const said = options === undefined ? [] : entriesIn(text, options)
  return said === undefined || more.length > 0 ? undefined : { call, said }
}

/** What stands between the brackets of the call: options that are said change, others come behind. */
function withOptions(text: string, { call, said }: Call, { constant, options }: CrudEdit): string {
  const fresh = options.filter(([key]) => !said.some((entry) => entry.key === key))
  const added = fresh.map(([key, value]) => `${key}: ${value}`)
  const [first] = said
  if (first === undefined) return `${constant}, { ${added.join(', ')} }`
  // Options that stand on lines of their own get more of those.
  const pad = /\n[ \t]*$/.exec(text.slice(0, first.keySpan.start))?.[0]
  let changed = ''
  let from = call.start + 1
  for (const { key, value } of said) {
    const now = options.find(([name]) => name === key)?.[1]
    changed += text.slice(from, value.start) + (now ?? text.slice(value.start, value.end))
    from = value.end
  }
  const more = added.map((option) => `,${pad ?? ' '}${option}`).join('')
  return `${changed}${more}${text.slice(from, call.end - 1)}`
}

function crudCalls(text: string, constant: string): readonly Span[] {
  return callsTo(text, 'crud').filter((call) => {
    const [first] = partsIn(text, call)
    const name = first && trimmed(text, first)
    return name !== undefined && text.slice(name.start, name.end) === constant
  })
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
