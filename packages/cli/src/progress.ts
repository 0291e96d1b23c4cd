import { styleText } from 'node:util'

const SLOW_MS = 1_000
/** After the first word, one in five seconds says that it goes on. */
const TICKS_BETWEEN = 5

/** Where progress is written, and whether a person watches. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/**
 * Waits for work and says what is waited for once it takes longer than a second. It writes to the
 * standard error of a terminal only: a script, a pipe and `--json` get nothing but the result.
 * @param what in the form "Attacking the service"
 */
export async function withProgress<T>(
  what: string,
  work: Promise<T>,
  output: ProgressOutput = process.stderr,
): Promise<T> {
  if (output.isTTY !== true || process.argv.includes('--json')) return work
  const started = performance.now()
  const seconds = () => `${((performance.now() - started) / 1_000).toFixed(1)} s`
  const tell = (text: string) => output.write(`${styleText('dim', text)}\n`)
  let ticks = 0
  const timer = setInterval(() => {
    ticks += 1
    if (ticks === 1) tell(`${what} …`)
    else if (ticks % TICKS_BETWEEN === 0) tell(`${what} … ${seconds()}`)
  }, SLOW_MS)
  try {
    return await work
  } finally {
    clearInterval(timer)
    if (ticks > 0) tell(`${what}: ${seconds()}`)
  }
}
