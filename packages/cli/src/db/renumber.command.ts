import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import type { Renumbered } from 'plinth/data'
import { misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { say } from '../dev/terminal.ts'
import { chosenSet } from './choose-set.ts'
import { runArguments } from './migration-run.ts'
import { type MigrationSet, serviceDatabase } from './service-database.ts'

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
    const [{ declaredSets }, { readMigrations, renumbered }] = await Promise.all([
      import('./declared-sets.ts'),
      import('plinth/data'),
    ])
    const { sets, hasDatabase } = await declaredSets(devFolder().service)
    const set = chosenSet('service', sets)
    if (set === 'platform') return
    const applied = hasDatabase ? await appliedOf(set) : []
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

/** What stays where it is: a database that is named has it. Where there is none, nothing is applied yet. */
async function appliedOf(set: MigrationSet) {
  const { migrationStatus, ownerConnection } = await import('plinth/data')
  const { settings } = await serviceDatabase()
  return (await migrationStatus({ ...ownerConnection(settings), set })).applied
}

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
