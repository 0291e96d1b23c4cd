import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml'
import { type Codemod, linesWith, literally } from './codemod.ts'

/** A setting that goes by another key since a release. */
export interface RenamedKey {
  readonly version: string
  /** Dotted, below `config:`. */
  readonly from: string
  readonly to: string
}

/** Writes a renamed setting under its new key, in config.yaml, its comments and its value as they are. */
export function renameConfigKey({ version, from, to }: RenamedKey): Codemod {
  const says = `${from} is called ${to} since Plinth ${version}`
  const spelled = new RegExp(`(?<![\\w.])${literally(from)}(?![\\w.])`)
  return {
    version,
    name: `${from} becomes ${to}`,
    rewrite: (path, text) => (path === 'config.yaml' ? renamed(text, from, to) : text),
    suggest: (path, text) =>
      /\.(ts|js|ya?ml|json|md|sh)$/.test(path) ? linesWith(text, spelled, says) : [],
  }
}

function renamed(text: string, from: string, to: string): string {
  const document = parseDocument(text, { prettyErrors: false })
  const [old, next] = [
    ['config', ...from.split('.')],
    ['config', ...to.split('.')],
  ]
  if (document.errors.length > 0 || !document.hasIn(old) || document.hasIn(next)) return text
  if (old.slice(0, -1).join() === next.slice(0, -1).join())
    return renamedInPlace(text, document, old, next)
  const value = document.getIn(old, true)
  document.deleteIn(old)
  document.setIn(next, value)
  return document.toString({ lineWidth: 0 })
}

/** Only the key's own characters change, so that nothing else of the file is laid out anew. */
function renamedInPlace(
  text: string,
  document: ReturnType<typeof parseDocument>,
  old: readonly string[],
  next: readonly string[],
): string {
  const map = document.getIn(old.slice(0, -1), true)
  const range = isMap(map) ? keyRange(map, old.at(-1) ?? '') : undefined
  if (range === undefined) return text
  return text.slice(0, range[0]) + (next.at(-1) ?? '') + text.slice(range[1])
}

function keyRange(map: YAMLMap, name: string): readonly [number, number] | undefined {
  const key = map.items
    .map((pair) => pair.key)
    .find((each) => isScalar(each) && each.value === name)
  const range = isScalar(key) ? key.range : undefined
  return range === undefined || range === null ? undefined : [range[0], range[1]]
}
