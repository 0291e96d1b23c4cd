import { errorFacts } from './cli-error.ts'

/**
 * Runs a command that speaks to people only, and prints what it said as JSON:
 * `{"lines":["applied  0001_product"]}`, and with `error` when it failed.
 * @throws what the command threw
 */
export async function asJson(run: () => unknown): Promise<void> {
  const { stdout } = process
  const write = stdout.write
  let said = ''
  stdout.write = (text: string | Uint8Array) => {
    said += typeof text === 'string' ? text : Buffer.from(text).toString()
    return true
  }
  const print = (more: object): void => {
    stdout.write = write
    const lines = said.split('\n').filter((line) => line.trim() !== '')
    stdout.write(`${JSON.stringify({ lines, ...more })}\n`)
  }
  try {
    await run()
  } catch (error) {
    print({ error: errorFacts(error) })
    throw error
  }
  print({})
}

/** From now on: whether anything was written to standard output. */
export function watchOutput(): () => boolean {
  const { stdout } = process
  const write = stdout.write.bind(stdout)
  let hasSpoken = false
  const watched = (...given: Parameters<typeof write>): boolean => {
    hasSpoken = true
    return write(...given)
  }
  stdout.write = watched as typeof write
  return () => hasSpoken
}
