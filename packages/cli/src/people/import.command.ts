import { readFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import type { ImportedPerson, ImportedRow, ImportSource } from 'plinth/identity'
import { CliError, misuse } from '../cli-error.ts'
import { asOwner } from '../db/as-owner.ts'
import { say } from '../dev/terminal.ts'
import { withProgress } from '../progress.ts'
import { ownerOnly } from './owner-only.ts'

/** `plinth people import`: people of another system, with the hashes of their passwords. */
export const importCommand = defineCommand({
  meta: { name: 'import', description: 'Take over people from another system, a report line each' },
  args: {
    file: { type: 'positional', required: true, description: 'What the other system exported' },
    from: {
      type: 'string',
      required: true,
      description: 'better-auth, keycloak, csv or plinth',
    },
    tenant: { type: 'string', description: 'Tenant they become members of, by short name or id' },
    issuer: {
      type: 'string',
      description: 'Issuers of accounts: google=https://…,self=https://… (self: the old realm)',
    },
    'dry-run': { type: 'boolean', description: 'Report what would happen, and write nothing' },
    json: { type: 'boolean', description: 'Print a JSON object for each row' },
  },
  async run({ args }) {
    const { IMPORT_SOURCES } = await import('plinth/identity')
    const source = IMPORT_SOURCES.find((one) => one === args.from)
    if (source === undefined) throw misuse(`--from takes one of ${IMPORT_SOURCES.join(', ')}.`)
    const people = await readRows(source, args.file)
    const rows = await withProgress(
      `Importing ${people.length} people`,
      importAll(people, {
        source,
        tenant: args.tenant,
        issuers: issuersOf(args.issuer),
        dryRun: args['dry-run'] === true,
      }),
    )
    report(rows, { json: args.json === true, dryRun: args['dry-run'] === true })
  },
})

async function readRows(source: ImportSource, file: string): Promise<readonly ImportedPerson[]> {
  const { ImportFileFault, readPeople } = await import('plinth/identity')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(`${file} cannot be read; name the file that was exported.`, 2, error)
  })
  try {
    return readPeople(source, text)
  } catch (error) {
    throw error instanceof ImportFileFault ? new CliError(error.message, 2, error) : error
  }
}

interface Wish {
  readonly source: ImportSource
  readonly tenant: string | undefined
  readonly issuers: Readonly<Record<string, string>>
  readonly dryRun: boolean
}

async function importAll(
  people: readonly ImportedPerson[],
  wish: Wish,
): Promise<readonly ImportedRow[]> {
  const [{ importPeople }, { systemClock: clock }] = await Promise.all([
    import('plinth/identity'),
    import('plinth/kernel'),
  ])
  const rows: ImportedRow[] = []
  const all = asOwner(async (owner) => {
    for await (const row of importPeople(owner, people, { ...wish, clock })) rows.push(row)
    return rows
  })
  return all.catch(ownerOnly)
}

/** `google=https://accounts.google.com,self=https://kc.example/realms/old`. */
function issuersOf(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((one) => one.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      const [name, url] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
      if (at < 1 || !URL.canParse(url))
        throw misuse('--issuer takes name=URL, with commas between.')
      return [name, url]
    }),
  )
}

function report(
  rows: readonly ImportedRow[],
  { json, dryRun }: { readonly json: boolean; readonly dryRun: boolean },
): void {
  const refused = rows.filter(({ outcome }) => outcome === 'refused').length
  if (json) for (const row of rows) say(JSON.stringify(row))
  else {
    for (const { row, external_id: id, outcome, reason, notes } of rows) {
      const why = [reason, ...notes].filter((one) => one !== undefined).join(', ')
      say(`${row}  ${id}  ${outcome}${why === '' ? '' : ` (${why})`}`)
    }
    const counted = ['created', 'updated', 'unchanged', 'refused'].map(
      (one) => `${rows.filter(({ outcome }) => outcome === one).length} ${one}`,
    )
    say(`${counted.join(', ')}${dryRun ? '; nothing was written' : ''}`)
  }
  if (refused > 0) process.exitCode = 1
}
