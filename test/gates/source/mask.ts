// The compiler of this TypeScript version has no JavaScript API, so the gates read text. Masking first means that
// a word in a comment or a string never counts as code.

type Mode = 'code' | 'template'

interface Scan {
  readonly text: string
  readonly out: string[]
  at: number
  /** Braces open in the innermost `${`; each template literal pushes one. */
  readonly templates: number[]
  mode: Mode
  readonly regexes: RegexLiteral[]
}

/** A regular expression as it stands in a source. */
export interface RegexLiteral {
  readonly at: number
  readonly source: string
  readonly flags: string
}

/**
 * The same text, of the same length and with the same lines, with the insides of comments, strings,
 * template literals and regular expressions blanked.
 * @param keepStrings leaves plain string literals readable (for import paths)
 */
export function mask(text: string, keepStrings = false): string {
  return scanned(text, keepStrings).out.join('')
}

/** Every regular expression literal of a source, in order. */
export const regexLiterals = (text: string): readonly RegexLiteral[] => scanned(text, false).regexes

function scanned(text: string, keepStrings: boolean): Scan {
  const scan: Scan = { text, out: [], at: 0, templates: [], mode: 'code', regexes: [] }
  while (scan.at < text.length) {
    if (scan.mode === 'template') readTemplate(scan)
    else readCode(scan, keepStrings)
  }
  return scan
}

function readCode(scan: Scan, keepStrings: boolean): void {
  const { text, at } = scan
  const character = text[at] ?? ''
  if (text.startsWith('//', at)) return blankUntil(scan, endOfLine(text, at))
  if (text.startsWith('/*', at)) return blankUntil(scan, after(text, '*/', at + 2))
  if (character === '"' || character === "'") return readString(scan, keepStrings)
  if (character === '/' && startsRegex(scan)) return readRegex(scan)
  if (character === '`') scan.mode = 'template'
  countBraces(scan, character)
  keep(scan, 1)
}

function readRegex(scan: Scan): void {
  const { text, at } = scan
  const end = endOfRegex(text, at)
  const [flags = ''] = /^[dgimsuvy]*/.exec(text.slice(end, end + 8)) ?? []
  scan.regexes.push({ at, source: text.slice(at + 1, end - 1), flags })
  blankUntil(scan, end)
}

/** `${` puts the scan back into code; the brace that closes it returns to the template. */
function countBraces(scan: Scan, character: string): void {
  const open = scan.templates.length - 1
  if (open < 0) return
  if (character === '{') scan.templates[open] = (scan.templates[open] ?? 0) + 1
  if (character !== '}') return
  scan.templates[open] = (scan.templates[open] ?? 0) - 1
  if (scan.templates[open] === 0) {
    scan.templates.pop()
    scan.mode = 'template'
  }
}

function readTemplate(scan: Scan): void {
  const { text, at } = scan
  if (text[at] === '`') {
    keep(scan, 1)
    scan.mode = 'code'
  } else if (text.startsWith('${', at)) {
    keep(scan, 2)
    scan.templates.push(1)
    scan.mode = 'code'
  } else blankUntil(scan, at + (text[at] === '\\' ? 2 : 1))
}

function readString(scan: Scan, keepStrings: boolean): void {
  const end = endOfString(scan.text, scan.at)
  if (keepStrings) return keep(scan, end - scan.at)
  keep(scan, 1)
  blankUntil(scan, end - 1)
  keep(scan, 1)
}

function keep(scan: Scan, length: number): void {
  scan.out.push(scan.text.slice(scan.at, scan.at + length))
  scan.at += length
}

function blankUntil(scan: Scan, end: number): void {
  scan.out.push(scan.text.slice(scan.at, end).replace(/[^\n]/g, ' '))
  scan.at = end
}

const BEFORE_REGEX = /(^|[=(,:[!&|?{};+\n]|=>|\b(return|typeof|case|of|in))\s*$/

/** A slash opens a regular expression where a value may begin; elsewhere it divides. */
const startsRegex = ({ out }: Scan): boolean =>
  BEFORE_REGEX.test(out.slice(-40).join('').slice(-80))

function endOfRegex(text: string, start: number): number {
  let inClass = false
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\\') at += 1
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '\n') return at
    else if (character === '/' && !inClass) return at + 1
  }
  return text.length
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === text[start] || text[at] === '\n') return at + 1
  }
  return text.length
}

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

const after = (text: string, what: string, from: number): number => {
  const found = text.indexOf(what, from)
  return found < 0 ? text.length : found + what.length
}
