import { stripTypeScriptTypes } from 'node:module'

/**
 * The lines of a TypeScript source that hold something to run, each with its place in the text. Types, comments and
 * blank lines are none: Node takes them out, or blanks them, before it runs the rest.
 * @returns {{ number: number, start: number, end: number }[]}
 */
export function codeLines(source) {
  const lines = []
  let start = 0
  for (const [index, line] of stripTypeScriptTypes(source).split('\n').entries()) {
    const text = line.trim()
    if (text !== '' && !/^(\/\/|\/\*|\*)/.test(text)) {
      const from = start + line.indexOf(text)
      lines.push({ number: index + 1, start: from, end: from + text.length })
    }
    start += line.length + 1
  }
  return lines
}
