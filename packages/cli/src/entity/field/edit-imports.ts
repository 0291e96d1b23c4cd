import type { FieldImport } from '../fields/field.ts'

/**
 * The text with the names imported that a field needs. An import that is there is added to; else one is
 * put behind the last. Undefined when the text imports nothing in a shape that we know.
 */
export function withImports(text: string, wanted: readonly FieldImport[]): string | undefined {
  let changed: string | undefined = text
  for (const { from, name } of wanted) {
    if (changed === undefined) return undefined
    changed = withImport(changed, from, name)
  }
  return changed
}

function withImport(text: string, from: string, name: string): string | undefined {
  const there = importFrom(text, from)
  if (there === undefined) return placed(text, from, `import { ${name} } from '${from}'\n`)
  const names = there.list.split(',').map((one) => one.trim())
  if (names.includes(name)) return text
  const sorted = [...names.filter((one) => one !== ''), name].sort()
  const { at, list } = there
  return `${text.slice(0, at)} ${sorted.join(', ')} ${text.slice(at + list.length)}`
}

/**
 * The text without those imports that nothing in it uses any more.
 * @param names what a removed field may have used
 */
export function withoutUnused(text: string, names: readonly FieldImport[]): string {
  return names.reduce((changed, { from, name }) => {
    const uses = changed.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0
    const there = importFrom(changed, from)
    if (uses !== 1 || there === undefined) return changed
    const kept = there.list
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '' && one !== name)
    if (kept.length === 0) return changed.replace(there.whole, '')
    const { at, list } = there
    return `${changed.slice(0, at)} ${kept.join(', ')} ${changed.slice(at + list.length)}`
  }, text)
}

function importFrom(text: string, from: string) {
  const found = [...text.matchAll(/^import \{([^{}]*)\} from ['"]([^'"\n]+)['"];?\n/gm)].find(
    ([, , module]) => module === from,
  )
  if (found === undefined) return undefined
  const [whole, list = ''] = found
  return { whole, list, at: found.index + 'import {'.length }
}

/** Before the first package whose name comes later, else behind the last import. */
function placed(text: string, from: string, line: string): string | undefined {
  const imports = [...text.matchAll(/^import [^\n]*from ['"]([^'"\n]+)['"];?\n/gm)]
  const later = imports.find(([, module = '']) => module > from || module.startsWith('.'))
  const last = imports.at(-1)
  const at = later?.index ?? (last === undefined ? undefined : last.index + last[0].length)
  return at === undefined ? undefined : text.slice(0, at) + line + text.slice(at)
}
