import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { asOwner } from '../db/as-owner.ts'
import { say } from '../dev/terminal.ts'
import { withProgress } from '../progress.ts'

/** `plinth people export`: a JSON object a line, to a file or to standard output. */
export const exportCommand = defineCommand({
  meta: {
    name: 'export',
    description: 'Write all people, with their hashes if asked, as JSON lines',
  },
  args: {
    hashes: {
      type: 'boolean',
      description: 'Also the hashes of their passwords: keep the file like a password',
    },
    out: {
      type: 'string',
      description: 'File to write; it must not be there. Else standard output',
    },
  },
  async run({ args }) {
    const { hashes = false, out } = args
    if (out === undefined) return void (await write(process.stdout, hashes))
    // Readable by nobody else: with hashes it is worth as much as the table.
    const file = createWriteStream(out, { flags: 'wx', mode: 0o600 })
    const count = await withProgress('Writing people', write(file, hashes)).catch(
      (error: unknown) => {
        throw isThere(error)
          ? new CliError(`${out} is there already; name another file with --out.`, 2, error)
          : error
      },
    )
    file.end()
    await finished(file)
    say(`${count} people are in ${out}`)
  },
})

async function write(to: Writable, hashes: boolean): Promise<number> {
  const { exportPeople } = await import('plinth/identity')
  const broken = once(to, 'error').then(([error]) => {
    throw error
  })
  const written = asOwner(async (owner) => {
    let count = 0
    for await (const one of exportPeople(owner, { hashes })) {
      count += 1
      if (!to.write(`${JSON.stringify(one)}\n`)) await Promise.race([once(to, 'drain'), broken])
    }
    return count
  })
  return Promise.race([written, broken])
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
