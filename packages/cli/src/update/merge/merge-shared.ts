import { mergeJson } from './merge-json.ts'
import { mergeLines } from './merge-lines.ts'
import { mergeList } from './merge-list.ts'
import { mergeYaml } from './merge-yaml.ts'
import type { Merged, Versions } from './versions.ts'

/**
 * Merges one shared file: JSON and YAML by their keys, lists of lines as such, everything else by
 * lines. The owner's line endings stay.
 */
export function mergeShared(path: string, versions: Versions): Merged {
  const plain = {
    base: unix(versions.base),
    mine: unix(versions.mine),
    theirs: unix(versions.theirs),
  }
  const merged = byKind(path, plain)
  return { ...merged, text: withEndingsOf(versions.mine, merged.text) }
}

/** The text with the line endings that another one has most of, and the byte order mark that it has. */
export function withEndingsOf(like: string, text: string): string {
  const windows = like.split('\r\n').length - 1
  const all = like.split('\n').length - 1
  const plain = unix(text)
  const ended = windows > all / 2 ? plain.replaceAll('\n', '\r\n') : plain
  return like.startsWith(MARK) ? MARK + ended : ended
}

/** Some editors write it before the first letter; to a reader of JSON it is a fault. */
const MARK = '\uFEFF'

/** The text with `\n` at the end of each line, and no byte order mark. */
export function unix(text: string): string {
  return (text.startsWith(MARK) ? text.slice(1) : text).replaceAll('\r\n', '\n')
}

const LISTS = /(^|\/)(\.env\.example|\.gitignore|\.dockerignore|\.gitattributes|\.npmignore)$/

function byKind(path: string, versions: Versions): Merged {
  const isManifest = /(^|\/)package\.json$/.test(path)
  const byKeys = path.endsWith('.json')
    ? mergeJson(versions, { isManifest })
    : /\.ya?ml$/.test(path)
      ? mergeYaml(versions)
      : undefined
  if (byKeys !== undefined) return byKeys
  const byLines = mergeLines(versions)
  if (byLines.clashes.length > 0 && LISTS.test(path))
    return { text: mergeList(versions), clashes: [] }
  return byLines
}
