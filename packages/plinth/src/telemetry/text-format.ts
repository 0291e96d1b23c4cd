import { inertLine } from './line.ts'

const COLOURS: Readonly<Record<string, string>> = {
  debug: '\u001b[2m',
  info: '\u001b[36m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
}
const PLAIN = '\u001b[0m'

/** Turns a JSON line into one for a person: time, level, message, then facts as `name=value`. */
export function textLine(json: string, coloured: boolean): string {
  const { timestamp, level, message, ...facts } = JSON.parse(json) as Record<string, unknown>
  const name = String(level)
  const shown = coloured ? `${COLOURS[name] ?? ''}${name.padEnd(5)}${PLAIN}` : name.padEnd(5)
  const time = String(timestamp).slice(11, 23)
  const fields = Object.entries(facts).map(([key, value]) => `${key}=${showValue(value)}`)
  const stack = stackOf(facts['error'] ?? facts['err'])
  return `${inert([time, shown, message === undefined ? '' : oneLine(String(message)), ...fields], shown)}\n${stack}`
}

function inert(parts: readonly string[], shown: string): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => (part === shown ? part : inertLine(part)))
    .join(' ')
}

function showValue(value: unknown): string {
  if (typeof value === 'string') return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value)
  return JSON.stringify(value, (key, inner: unknown) => (key === 'stack' ? undefined : inner))
}

/** Control characters in JSON's own escapes: a message cannot begin a second line. */
function oneLine(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return ''
  const lines = String(error.stack).split('\n').slice(1, 9)
  return lines.map((line) => `      ${inertLine(oneLine(line.trim()))}\n`).join('')
}
