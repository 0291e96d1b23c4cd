import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { defineCommand } from 'citty'
import { CliError, misuse } from '../cli-error.ts'
import { asOwner } from '../db/as-owner.ts'
import { say } from '../dev/terminal.ts'
import { withProgress } from '../progress.ts'
import { notOne, withPeople } from './one-person.ts'

/** `plinth people export`: all people, a JSON object a line, or all that is kept about one. */
export const exportCommand = defineCommand({
  meta: {
    name: 'export',
    description: 'Write all people as JSON lines, or all that is kept about one',
  },
  args: {
    hashes: {
      type: 'boolean',
      description: 'Also the hashes of their passwords: keep the file like a password',
    },
    person: {
      type: 'string',
      description: 'E-mail address, or id: all rows about this one, and no hash',
    },
    out: {
      type: 'string',
      description: 'File to write; it must not be there. Else standard output',
    },
  },
  async run({ args }) {
    const { hashes = false, out, person } = args
    if (person !== undefined && hashes)
      throw misuse('Of one person no hash is written; leave --hashes out.')
    const write = person === undefined ? writeAll(hashes) : writeOne(person)
    if (out === undefined) return void (await write(process.stdout))
    // Readable by nobody else: with hashes it is worth as much as the table.
    const file = createWriteStream(out, { flags: 'wx', mode: 0o600 })
    const count = await withProgress('Writing people', write(file)).catch((error: unknown) => {
      throw isThere(error)
        ? new CliError(`${out} is there already; name another file with --out.`, 2, error)
        : error
    })
    file.end()
    await finished(file)
    say(person === undefined ? `${count} people are in ${out}` : `${count} rows are in ${out}`)
  },
})

/** Writes something, and says how much it was. */
type Write = (to: Writable) => Promise<number>

const writeAll =
  (hashes: boolean): Write =>
  async (to) => {
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

const writeOne =
  (who: string): Write =>
  async (to) => {
    const { exportByHand } = await import('plinth/identity')
    const done = await withPeople((deps) => exportByHand(deps, who))
    if (done.code !== 'exported') throw notOne(done, who)
    const { tables, tenants } = done.data
    await new Promise((written) => to.write(`${JSON.stringify(done.data, null, 2)}\n`, written))
    const all = [tables, ...tenants.map((one) => one.tables)].flatMap((one) => Object.values(one))
    return all.reduce((sum, rows) => sum + rows.length, 0)
  }

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
