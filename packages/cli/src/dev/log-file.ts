import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { inspect } from 'node:util'

const MAX_BYTES = 5 * 1024 * 1024

/** Appends text to a log file; a full one becomes `<name>.1`, which replaces the one before it. */
export function appendLog(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > MAX_BYTES) renameSync(file, `${file}.1`)
  appendFileSync(file, text, { mode: 0o600 })
}

/** A log in the form that Plinth's rooms take, one line per event, in a file. */
export function fileLog(file: string) {
  const line = (level: string) => (facts: object, message?: string) => {
    const said = Object.entries(facts).map(([name, value]) => `${name}=${shown(value)}`)
    const at = new Date().toISOString()
    appendLog(file, `${[at, level, message, ...said].filter(Boolean).join(' ')}\n`)
  }
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

function shown(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message)
  return typeof value === 'string'
    ? value
    : inspect(value, { breakLength: Number.POSITIVE_INFINITY })
}
