import { existsSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { CliError, misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import type { DumpedRows } from './dump/dump-rows.ts'
import { remarksOn } from './dump/remarks.ts'

/** `plinth db dump`: the schema, and the rows if asked for, as SQL. */
export const dumpCommand = defineCommand({
  meta: { description: 'Write the schema as SQL, with --data its rows too; needs no pg_dump' },
  args: {
    data: { type: 'boolean', description: 'The rows too: personal data and hashed secrets' },
    out: {
      type: 'string',
      valueHint: 'file.sql',
      description: 'A new file, instead of printing it',
    },
    'dry-run': { type: 'boolean', description: 'Only read, and say how much it would be' },
  },
  async run({ args }) {
    const [{ serviceDatabase }, { ownerConnection }, { dump }] = await Promise.all([
      import('./service-database.ts'),
      import('plinth/data'),
      import('./dump/dump.ts'),
    ])
    const { out } = args
    if (out !== undefined && existsSync(out))
      throw misuse(`${out} is there already; say another file, or move it away.`)
    const { settings, sets } = await serviceDatabase()
    const request = { owner: ownerConnection(settings), sets, data: args.data === true }
    if (args['dry-run']) {
      const lines: number[] = []
      warnOf(await dump({ ...request, write: async (text) => void lines.push(newlinesIn(text)) }))
      const count = lines.reduce((sum, one) => sum + one, 0)
      return say(`would ${out === undefined ? 'print' : `write  ${out}`}: ${count} lines`)
    }
    if (out === undefined)
      return warnOf(
        await dump({ ...request, write: async (text) => void process.stdout.write(text) }),
      )
    await intoFile(out, async (write) => warnOf(await dump({ ...request, write })))
    say(`wrote  ${out}`)
  },
})

/**
 * Fills a new file, which goes again when the work fails: half a dump must not pass for one.
 * @throws CliError (exit code 2) when it cannot be made
 */
async function intoFile(
  out: string,
  fill: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  // Its owner only: rows hold what people told the service.
  const file = await open(out, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${out} cannot be written (${cause.code}); say another file.`, 2, cause)
  })
  try {
    await fill(async (text) => void (await file.write(text)))
  } catch (error) {
    await rm(out, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** On standard error, for the dump itself may go to standard output. */
function warnOf(rows: DumpedRows | undefined): void {
  for (const line of rows === undefined ? [] : remarksOn(rows)) process.stderr.write(`${line}\n`)
}

function newlinesIn(text: string): number {
  return text.split('\n').length - 1
}
