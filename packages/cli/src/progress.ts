import { styleText } from 'node:util'

const SLOW_MS = 1_000
/** After the first word, one in five seconds says that it goes on; where nobody watches, one in half a minute. */
const TICKS_BETWEEN = 5
const TICKS_BETWEEN_UNWATCHED = 30

/** Where progress is written, and whether a person watches. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** How progress is told. */
export interface ProgressOptions {
  readonly output?: ProgressOutput
  /** Also where there is no terminal: for what may take minutes, so that a log does not look dead. */
  readonly always?: boolean
}

/**
 * Waits for work and says what is waited for once it takes longer than a second. It writes to the
 * standard error, and of a terminal only unless told otherwise; `--json` gets nothing but the result.
 * @param what in the form "Attacking the service"
 */
export async function withProgress<T>(
  what: string,
  work: Promise<T>,
  { output = process.stderr, always = false }: ProgressOptions = {},
): Promise<T> {
  const watched = output.isTTY === true
  if (!(watched || always) || process.argv.includes('--json')) return work
  const started = performance.now()
  const seconds = () => `${((performance.now() - started) / 1_000).toFixed(1)} s`
  const tell = (text: string) => output.write(`${watched ? styleText('dim', text) : text}\n`)
  const between = watched ? TICKS_BETWEEN : TICKS_BETWEEN_UNWATCHED
  let ticks = 0
  const timer = setInterval(() => {
    ticks += 1
    if (ticks === 1) tell(`${what} …`)
    else if (ticks % between === 0) tell(`${what} … ${seconds()}`)
  }, SLOW_MS)
  try {
    return await work
  } finally {
    clearInterval(timer)
    if (ticks > 0) tell(`${what}: ${seconds()}`)
  }
}
