import { defineCommand } from 'citty'
import { CliError, misuse } from '../../cli-error.ts'
import { devFolder } from '../../dev/dev-folder.ts'
import { say } from '../../dev/terminal.ts'
import { withProgress } from '../../progress.ts'
import { keptLine } from '../../sync/kept-line.ts'
import { requiredValue } from '../required-name.ts'
import type { Removal, Removed } from './remove-entity.ts'

/** `plinth entity rm`: removes an entity's folder and writes the migration that drops its table. */
export const removeCommand = defineCommand({
  meta: { description: 'Remove an entity: its folder, and by a migration its table' },
  args: {
    name: { type: 'positional', required: false, description: 'Its name' },
    force: { type: 'boolean', alias: 'f', description: 'Do not ask' },
    'dry-run': { type: 'boolean', description: 'Only say what would be removed' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const { service } = devFolder()
    const name = requiredValue(args.name, 'plinth entity rm Product')
    const { planRemoval, removeEntity } = await import('./remove-entity.ts')
    const removal = await withProgress('Reading the entities', planRemoval(service, name))
    const dryRun = args['dry-run'] === true
    if (!dryRun && args.force !== true) await confirmed(removal)
    const nothing: Removed = { written: [], kept: [] }
    const work = dryRun ? Promise.resolve(nothing) : removeEntity(service, removal)
    const { written, kept } = await withProgress(`Removing ${removal.entity}`, work)
    if (args.json) return say(JSON.stringify({ ...removal, written, kept }))
    for (const file of removal.files) say(`${dryRun ? 'would remove' : 'removed'}  ${file}`)
    if (dryRun && removal.dropsTable) say(`would write a migration that drops ${removal.table}`)
    for (const file of written) say(`wrote  ${file}`)
    for (const file of kept) say(keptLine(file))
  },
})

/** @throws CliError when the person says no (exit code 1), or there is nobody to ask (2) */
async function confirmed({ entity, table, files, dropsTable }: Removal): Promise<void> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw misuse(
      `This removes ${entity}, its ${files.length} files and its table; say --force to do it.`,
    )
  for (const file of files) say(file)
  const { confirm, isCancel } = await import('@clack/prompts')
  const lost = dropsTable ? ` A migration will drop ${table} with all its rows.` : ''
  const message = `Remove ${entity} and these ${files.length} files?${lost}`
  const answer = await confirm({ message, initialValue: false })
  if (isCancel(answer) || !answer) throw new CliError('Nothing was removed.')
}
