import { styleText } from 'node:util'

const SLOW_MS = 1000
/** After the first word, one in five seconds says that it goes on. */
const TICKS_BETWEEN = 5

/** Prints one line for the person at the terminal. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Text that stands back; plain where the terminal has no colours. */
export function quiet(text: string): string {
  return styleText('dim', text, { stream: process.stdout })
}

/** Text that stands out. */
export function strong(text: string): string {
  return styleText('bold', text, { stream: process.stdout })
}

/** A trouble, in the colour of one. */
export function alarming(text: string): string {
  return styleText('red', text, { stream: process.stdout })
}

/**
 * Waits for work and says what is waited for when it takes longer than a second.
 * @param what in the form "Starting PostgreSQL"
 */
export async function whileWaiting<T>(what: string, work: Promise<T>): Promise<T> {
  const started = performance.now()
  let ticks = 0
  const timer = setInterval(() => {
    ticks += 1
    if (ticks === 1) say(quiet(`${what} …`))
    else if (ticks % TICKS_BETWEEN === 0) say(quiet(`${what} … ${seconds(started)} s`))
  }, SLOW_MS)
  try {
    return await work
  } finally {
    clearInterval(timer)
    if (ticks > 0) say(quiet(`${what}: ${seconds(started)} s`))
  }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}

/** Rows in columns, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length)
    })
  return rows
    .map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
    .join('\n')
}
