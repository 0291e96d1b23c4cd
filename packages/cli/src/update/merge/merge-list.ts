import type { Versions } from './versions.ts'

/**
 * Merges files in which each line stands for itself (`.env.example`, `.gitignore`): what the template
 * took away goes, what it added comes behind the line that it follows there. Nothing can clash.
 */
export function mergeList({ base, mine, theirs }: Versions): string {
  const was = new Set(linesOf(base))
  const wanted = linesOf(theirs)
  const gone = new Set([...was].filter((line) => isTelling(line) && !wanted.includes(line)))
  const lines = linesOf(mine).filter((line) => !gone.has(line))
  wanted.forEach((line, at) => {
    if (!isTelling(line) || was.has(line) || holds(lines, line)) return
    lines.splice(placeFor(lines, wanted.slice(0, at)), 0, line)
  })
  return lines.join('\n')
}

/** Behind the nearest earlier line of the template that is there, else at the end, before the last line break. */
function placeFor(lines: readonly string[], earlier: readonly string[]): number {
  const anchor = earlier.findLast((line) => isTelling(line) && lines.includes(line))
  if (anchor !== undefined) return lines.indexOf(anchor) + 1
  return lines.at(-1) === '' ? lines.length - 1 : lines.length
}

/** A variable counts as there under whatever value, commented out or not. */
function holds(lines: readonly string[], line: string): boolean {
  const name = variableOf(line)
  return lines.some((other) => other === line || (name !== undefined && variableOf(other) === name))
}

function variableOf(line: string): string | undefined {
  return /^#?\s*([A-Z][A-Z0-9_]*)=/.exec(line)?.[1]
}

function isTelling(line: string): boolean {
  return line.trim() !== ''
}

function linesOf(text: string): string[] {
  return text.split('\n')
}
