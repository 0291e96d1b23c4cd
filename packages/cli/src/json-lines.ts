/**
 * Runs a command that speaks to people only, and prints what it said as JSON:
 * `{"lines":["applied  0001_product"]}`.
 */
export async function asJson(run: () => unknown): Promise<void> {
  const { stdout } = process
  const write = stdout.write
  let said = ''
  stdout.write = (text: string | Uint8Array) => {
    said += typeof text === 'string' ? text : Buffer.from(text).toString()
    return true
  }
  try {
    await run()
  } finally {
    stdout.write = write
    const lines = said.split('\n').filter((line) => line.trim() !== '')
    stdout.write(`${JSON.stringify({ lines })}\n`)
  }
}
