import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import type { Renumbered } from 'plinth/data'
import { misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import { chosenSet } from './choose-set.ts'
import { runArguments } from './migration-run.ts'

/** `plinth db renumber`: puts two branches of migrations one after the other. */
export const renumberCommand = defineCommand({
  meta: { description: 'Put migrations that were written at the same time one after the other' },
  args: {
    last: {
      type: 'positional',
      required: false,
      description: 'Last migration of the branch that goes to the end (0003_add_weight)',
    },
    ...runArguments,
  },
  async run({ args }) {
    const [{ serviceDatabase }, { migrationStatus, ownerConnection, readMigrations, renumbered }] =
      await Promise.all([import('./service-database.ts'), import('plinth/data')])
    const { sets, settings } = await serviceDatabase()
    const set = chosenSet('service', sets)
    if (set === 'platform') return
    const { applied } = await migrationStatus({ ...ownerConnection(settings), set })
    const files = await readMigrations(set.folder)
    if (args.last !== undefined && !files.some(({ name }) => name === args.last)) {
      throw misuse(`There is no migration "${args.last}" in ${set.folder}.`)
    }
    const changes = renumbered(files, applied, args.last)
    if (args['dry-run'] !== true) await carryOut(set.folder, changes)
    if (args.json) say(JSON.stringify(changes.map(({ from, to }) => ({ from, to }))))
    else for (const line of linesOf(changes, args['dry-run'] === true)) say(line)
  },
})

async function carryOut(folder: string, changes: readonly Renumbered[]): Promise<void> {
  for (const { from, to, up } of changes) {
    await writeFile(join(folder, `${from}.up.sql`), up)
    for (const half of ['up', 'down']) {
      await rename(join(folder, `${from}.${half}.sql`), join(folder, `${to}.${half}.sql`))
    }
  }
}

function linesOf(changes: readonly Renumbered[], dryRun: boolean): string[] {
  if (changes.length === 0) return ['The migrations are one line; there is nothing to renumber.']
  return changes.toReversed().map(({ from, to }) => {
    const what = from === to ? `${from} (what it comes after)` : `${from} → ${to}`
    return `${dryRun ? 'would change' : 'changed'}  ${what}`
  })
}
