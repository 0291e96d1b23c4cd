import { lineAt } from './files.ts'
import { mask } from './mask.ts'

/** One function body: where it begins and how many lines it has. */
export interface FunctionSize {
  readonly line: number
  readonly lines: number
  /** How deep its braces nest, the body itself being 1. */
  readonly depth: number
}

// A body opens after `=>`, or after a parameter list with an optional return type.
const BODY = /(?:=>\s*|\)(?:\s*:\s*[^={};]+?)?\s*)\{/g
const STATEMENT = /\b(if|for|while|switch|catch|with)\s*$/

/** The functions of a source with a block body, in order. */
export function functionsOf(text: string): FunctionSize[] {
  const code = mask(text)
  const sizes: FunctionSize[] = []
  for (const hit of code.matchAll(BODY)) {
    if (hit[0].startsWith(')') && STATEMENT.test(beforeParameters(code, hit.index))) continue
    const open = hit.index + hit[0].length - 1
    const { end, depth } = closing(code, open)
    const line = lineAt(code, open)
    sizes.push({ line, lines: Math.max(1, lineAt(code, end) - line - 1), depth })
  }
  return sizes
}

/** The text before the parenthesis that `)` at `close` closes. */
function beforeParameters(code: string, close: number): string {
  let open = 0
  for (let at = close; at >= 0; at -= 1) {
    if (code[at] === ')') open += 1
    if (code[at] === '(') open -= 1
    if (open === 0) return code.slice(Math.max(0, at - 20), at)
  }
  return ''
}

function closing(code: string, start: number): { end: number; depth: number } {
  let open = 0
  let depth = 0
  for (let at = start; at < code.length; at += 1) {
    if (code[at] === '{') open += 1
    if (code[at] === '}') open -= 1
    depth = Math.max(depth, open)
    if (open === 0) return { end: at, depth }
  }
  return { end: code.length, depth }
}
